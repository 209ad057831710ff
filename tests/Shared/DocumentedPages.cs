namespace Sosia.Tests.Shared;

/// <summary>The pages that people read: the README, what lies beside it, the docs, and the README of every folder.</summary>
internal static class DocumentedPages
{
    private static readonly string[] Folders = ["docs", "bench", "samples", "src"];

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Full paths.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.GetFiles(Root, "*.md"),
        .. Folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)),
    ];

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sosia.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Sosia.slnx is not above the tests.");
        return folder;
    }
}
