using System.Diagnostics;
using System.Net;

namespace Sosia.Cli.Tests.Faults;

/// <summary>Index, search, upload and forget, again and again on one server: its memory, handles, maps and files stay level.</summary>
public sealed class SoakTests : IDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(60),
        Long = TimeSpan.FromMinutes(60);

    /// <summary>What may come and go between two looks: pools that fill, a thread, a connection to the catalogue.</summary>
    private const long MoreMemory = 60_000_000;

    private const int MoreHandles = 20,
        MoreMaps = 200,
        MoreFiles = 12;

    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact, Slow]
    public async Task Memory_handles_maps_and_files_stay_level()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says what another process holds.");
        using var server = await FaultServer.Start(_sosia);
        var (time, started, rounds) = (FaultRun.IsLong ? Long : Usual, Stopwatch.GetTimestamp(), 0);
        var looks = new List<Look>();
        for (; Stopwatch.GetElapsedTime(started) < time; rounds++)
        {
            await Round(server, 2 + 2 * rounds);
            looks.Add(Look.At(server, _sosia.Collection));
        }
        // The first part fills caches and pools.
        var (before, after) = (
            Look.Median(looks.Skip(looks.Count / 4).Take(looks.Count / 4)),
            Look.Median(looks.TakeLast(looks.Count / 4))
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds: {before}, then {after}");
        Assert.True(rounds >= 8, $"{rounds} rounds");
        Assert.InRange(after.Memory - before.Memory, long.MinValue, MoreMemory);
        Assert.InRange(after.Handles - before.Handles, int.MinValue, MoreHandles);
        Assert.InRange(after.Maps - before.Maps, int.MinValue, MoreMaps);
        Assert.InRange(after.Files - before.Files, int.MinValue, MoreFiles);
        Assert.Equal(0, await server.Interrupt());
        Assert.Equal(0, _sosia.Run("verify").Code);
    }

    private async Task Round(FaultServer server, int first)
    {
        _sosia.PutMany(2, first);
        var job = await server.Post("/api/v1/jobs", new { kind = "index", folders = new[] { _sosia.Photos } });
        while (
            (await server.Ask($"/api/v1/jobs/{job.GetProperty("id").GetString()}")) is var state
            && !state.Contains("\"state\":\"done\"", StringComparison.Ordinal)
        )
        {
            Assert.DoesNotContain("\"state\":\"failed\"", state);
            await Task.Delay(20);
        }

        using var uploaded = await server.Upload(Portraits.Again(first));
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        var query = System
            .Text.Json.JsonDocument.Parse(await uploaded.Content.ReadAsStringAsync())
            .RootElement.GetProperty("id")
            .GetString();
        var found = await server.Post("/api/v1/search", new { references = new[] { new { query } }, threshold = -1 });
        var matches = found.GetProperty("matches").EnumerateArray().ToArray();
        Assert.InRange(matches.Length, 1, 4);
        foreach (var match in matches)
            Assert.NotEmpty(await server.Ask($"/api/v1/photos/{match.GetProperty("photo")}/thumbnail"));
        using (var gone = await server.Send(HttpMethod.Delete, $"/api/v1/queries/{query}"))
            Assert.True(gone.IsSuccessStatusCode);

        // Those that came are forgotten, so that there is no more at the end than at the beginning.
        string[] came = [.. Enumerable.Range(first, 2).Select(number => $"{number:0000}.jpg")];
        foreach (var match in matches.Where(match => came.Any(name => match.ToString().Contains(name, StringComparison.Ordinal))))
            using (var forgotten = await server.Send(HttpMethod.Delete, $"/api/v1/photos/{match.GetProperty("photo")}"))
                Assert.True(forgotten.IsSuccessStatusCode, await forgotten.Content.ReadAsStringAsync());
        foreach (var name in came)
            File.Delete(Path.Combine(_sosia.Photos, name));
    }

    /// <summary>What the server holds at a moment.</summary>
    private sealed record Look(long Memory, int Handles, int Maps, int Files)
    {
        public static Look At(FaultServer server, string collection) =>
            new(
                server.Memory("VmRSS"),
                Directory.GetFiles($"/proc/{server.Process.Id}/fd").Length,
                File.ReadLines($"/proc/{server.Process.Id}/maps").Count(),
                Directory.GetFiles(collection, "*", SearchOption.AllDirectories).Length
            );

        public static Look Median(IEnumerable<Look> looks)
        {
            var all = looks.ToArray();
            T Middle<T>(Func<Look, T> figure) => all.Select(figure).Order().ElementAt(all.Length / 2);
            return new(Middle(look => look.Memory), Middle(look => look.Handles), Middle(look => look.Maps), Middle(look => look.Files));
        }
    }
}
