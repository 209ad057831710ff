using System.Text.Json;
using NetVips;

namespace Sosia.Server.Tests;

/// <summary>A server over the six samples and a pattern without a face, indexed by look.</summary>
public sealed class LookServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    /// <summary>The photo without a face; the seventh.</summary>
    public string WithoutFace => Path.Combine(Server.Beside("photos"), "pattern.jpg");

    public async ValueTask InitializeAsync()
    {
        Server = await RunningServer.Start();
        await Index(Server, Path.GetDirectoryName(Samples.Photos[0])!, true);
        Directory.CreateDirectory(Path.GetDirectoryName(WithoutFace)!);
        Pattern(WithoutFace);
        await Index(Server, WithoutFace, null);
    }

    /// <summary>Fields of two colours.</summary>
    internal static void Pattern(string path)
    {
        const int Width = 320,
            Height = 240;
        byte[] pixels =
        [
            .. from y in Enumerable.Range(0, Height)
            from x in Enumerable.Range(0, Width)
            from value in (x / 24 + y / 24) % 2 == 0 ? new byte[] { 200, 60, 40 } : [40, 60, 200]
            select value,
        ];
        using var image = Image.NewFromMemory(pixels, Width, Height, 3, Enums.BandFormat.Uchar);
        using var colours = image.Copy(interpretation: Enums.Interpretation.Srgb);
        colours.Jpegsave(path);
    }

    internal static async Task<JsonElement> Index(RunningServer server, string folder, bool? look)
    {
        var job = await server.Post(
            "jobs",
            new
            {
                kind = "index",
                folders = new[] { folder },
                look,
            },
            202
        );
        while (job.GetProperty("state").GetString() is "running")
        {
            await Task.Delay(50);
            job = await server.Json($"jobs/{job.GetProperty("id").GetString()}");
        }
        Assert.Equal("done", job.GetProperty("state").GetString());
        return job.GetProperty("summary");
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
