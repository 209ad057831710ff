namespace Sosia.Cli.Tests;

/// <summary>The data that lies beside the project; a test is skipped where it is missing, and fails in CI.</summary>
internal static class SharedFiles
{
    /// <summary>A file or folder of ../shared.</summary>
    public static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", path) is var found && Path.Exists(found))
                return found;
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            $"There is no shared/{path} in any directory above {AppContext.BaseDirectory}."
        );
        throw new FileNotFoundException($"CI needs shared/{path}.");
    }

    /// <summary>Labeled Faces in the Wild: <c>$SOSIA_LFW</c>, else ../shared/lfw.</summary>
    public static string Lfw() =>
        Environment.GetEnvironmentVariable("SOSIA_LFW") is { Length: > 0 } set && Directory.Exists(set) ? set : Find("lfw");
}
