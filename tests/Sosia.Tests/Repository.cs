namespace Sosia.Tests;

/// <summary>Where the sources, and what lies beside them, are found from a built test.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindUp("Sosia.slnx") ?? throw new InvalidOperationException("Sosia.slnx is not above the tests.");

    /// <summary>The six group photos that `demo` uses, beside the built tests.</summary>
    public static IReadOnlyList<string> SamplePhotos { get; } =
    [.. Enumerable.Range(1, 6).Select(i => Path.Combine(AppContext.BaseDirectory, "samples", $"sample{i}.jpg"))];

    /// <summary>Labeled Faces in the Wild, or null where it is not there; missing fails in CI.</summary>
    public static string? Lfw { get; } = FindLfw();

    /// <summary>Skips the test, with the reason, where LFW is missing; fails where CI runs.</summary>
    public static string NeedLfw()
    {
        if (Lfw is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("LFW is missing, and CI always has it.");
        Assert.SkipWhen(Lfw is null, "Labeled Faces in the Wild is neither at ../shared/lfw nor at $SOSIA_LFW.");
        return Lfw!;
    }

    private static string? FindLfw()
    {
        var set = Environment.GetEnvironmentVariable("SOSIA_LFW");
        var beside = Path.GetFullPath(Path.Combine(Root, "..", "shared", "lfw"));
        return set is { Length: > 0 } && Directory.Exists(set) ? set
            : Directory.Exists(beside) ? beside
            : null;
    }

    private static string? FindUp(string file)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, file)))
                return folder;
        return null;
    }
}
