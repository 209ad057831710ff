namespace Sosia.Tests.Shared;

/// <summary>The Chromium, Chrome or Edge of this machine, for the tests that look at pages.</summary>
internal static class InstalledBrowser
{
    /// <summary>Names the browser's program, where it lies in no usual place.</summary>
    private const string Variable = "SOSIA_BROWSER";

    private static readonly string[] Names =
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "msedge",
    ];

    private static readonly string[] Elsewhere =
    [
        .. Applications("Chromium", "Google Chrome", "Microsoft Edge"),
        .. ProgramFiles("Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"),
    ];

    private static readonly string? Found = Find();

    /// <summary>Switches for a browser that a program drives: no window of first use, no traffic of its own.</summary>
    public static readonly string[] Switches =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    /// <summary>Whether there is one.</summary>
    public static bool IsThere => Found is not null;

    /// <summary>The program. Where there is none the test is skipped, and fails where <c>CI=true</c>.</summary>
    public static string Need()
    {
        if (Found is not null)
            return Found;
        const string missing = $"No browser was found: install Chromium, Chrome or Edge, or name one in {Variable}.";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(missing);
        Assert.Skip(missing);
        return "";
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new FileNotFoundException($"{Variable} names {named}, and there is no such file.");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        var onPath = from folder in folders from name in Names select Path.Combine(folder, name + ending);
        return onPath.Concat(Elsewhere).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Applications(params string[] names) =>
        OperatingSystem.IsMacOS() ? names.Select(name => $"/Applications/{name}.app/Contents/MacOS/{name}") : [];

    private static IEnumerable<string> ProgramFiles(params string[] programs)
    {
        if (!OperatingSystem.IsWindows())
            return [];
        Environment.SpecialFolder[] folders =
        [
            Environment.SpecialFolder.ProgramFiles,
            Environment.SpecialFolder.ProgramFilesX86,
            Environment.SpecialFolder.LocalApplicationData,
        ];
        return from folder in folders from program in programs select Path.Combine(Environment.GetFolderPath(folder), program);
    }
}
