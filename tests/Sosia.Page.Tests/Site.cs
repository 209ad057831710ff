using System.Text.Json;
using NetVips;

[assembly: AssemblyFixture(typeof(Sosia.Page.Tests.Site))]

namespace Sosia.Page.Tests;

/// <summary>
/// The real server over the sample photos and variants of them, and the browser of this machine. Begun once for all tests, which run side
/// by side, each in a browser context of its own.
/// </summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly string[] Switches =
    [
        .. InstalledBrowser.Switches,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ];

    private IPlaywright? _playwright;
    private RunningServer? _server;

    /// <summary>The server; without a browser a test ends here.</summary>
    internal RunningServer Server
    {
        get
        {
            InstalledBrowser.Need();
            return _server!;
        }
    }

    internal IBrowser Browser { get; private set; } = null!;

    /// <summary>Where screenshots are kept.</summary>
    public static string Screenshots { get; } = Path.Combine(Repository(), "artifacts", "screenshots");

    public async ValueTask InitializeAsync()
    {
        if (!InstalledBrowser.IsThere)
            return;
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = InstalledBrowser.Need(), Args = Switches });
        _server = await RunningServer.Start(samples: false);
        var folder = _server.Beside("photos");
        Variants(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "letter.jpg"), "this is no photo");
        await Index(_server, folder);
    }

    /// <summary>A page in a browser of its own; at the end it must have had no error and asked nobody but the server.</summary>
    internal async Task<Visit> Visit(
        string address = "/",
        Action<BrowserNewContextOptions>? change = null,
        RunningServer? server = null,
        bool signIn = true
    )
    {
        InstalledBrowser.Need();
        var options = new BrowserNewContextOptions
        {
            ViewportSize = new() { Width = 1280, Height = 860 },
            ReducedMotion = ReducedMotion.Reduce,
        };
        change?.Invoke(options);
        return await Sosia.Page.Tests.Visit.Open(
            await Browser.NewContextAsync(options),
            signIn ? Sosia.Server.SosiaServer.PageAddresses((server ?? Server).App)[0] : server!.Address,
            address
        );
    }

    internal static async Task Index(RunningServer server, string folder)
    {
        var job = await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202);
        string State(JsonElement now) => now.GetProperty("state").GetString()!;
        while (State(job) is "running")
        {
            await Task.Delay(50);
            job = await server.Json($"jobs/{job.GetProperty("id").GetString()}");
        }
        Assert.Equal("done", State(job));
    }

    /// <summary>Every sample as it is, smaller, mirrored, and brighter: several photos of everybody.</summary>
    internal static void Variants(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var sample in Samples.Photos)
        {
            using var photo = Image.NewFromFile(sample);
            using var small = photo.Resize(0.7);
            using var mirrored = photo.FlipHor();
            using var bright = photo.Linear([1.15], [8]).Cast(Enums.BandFormat.Uchar);
            var name = Path.Combine(folder, Path.GetFileNameWithoutExtension(sample));
            File.Copy(sample, $"{name}.jpg");
            small.Jpegsave($"{name}-small.jpg");
            mirrored.Jpegsave($"{name}-mirrored.jpg");
            bright.Jpegsave($"{name}-bright.jpg");
        }
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sosia.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }

    public async ValueTask DisposeAsync()
    {
        if (_playwright is null)
            return;
        await Browser.DisposeAsync();
        await _server!.DisposeAsync();
        _playwright.Dispose();
    }
}
