using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Sosia.Server.Tests;

public class JobsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_folder_is_indexed_with_live_progress_and_a_summary()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("photos");
        Samples.Pieces(folder, 6);
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.jpg"), "no picture");

        var job = await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202);
        var events = await Follow(server, job);
        var last = events[^1];
        Assert.Equal("end", last.Type);
        Assert.All(events.SkipLast(1), e => Assert.Equal("progress", e.Type));
        Assert.Equal("done", last.Job.GetProperty("state").GetString());
        Assert.Equal(6, last.Job.GetProperty("summary").GetProperty("photos").GetInt64());
        Assert.Equal(1, last.Job.GetProperty("summary").GetProperty("failed").GetInt64());
        Assert.Equal(6, (await server.Json("collections/current")).GetProperty("photos").GetProperty("searchable").GetInt64());
        Assert.Equal(job.GetProperty("id").GetString(), (await server.Json("jobs")).GetProperty("items")[0].GetProperty("id").GetString());
    }

    [Fact, Slow]
    public async Task A_job_is_cancelled_keeps_what_it_committed_and_goes_on_when_resumed()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("photos");
        Samples.Pieces(folder, 24);
        var job = await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202);
        var id = job.GetProperty("id").GetString();

        await RunningServer.Problem(await server.Client.PostAsync($"jobs/{id}/resume", null), 409, "job-running");
        while ((await server.Json($"jobs/{id}")).GetProperty("done").GetInt64() == 0)
            await Task.Delay(20);
        await RunningServer.Body(await server.Client.PostAsync($"jobs/{id}/cancel", null), 202);
        var cancelled = await End(server, job);
        Assert.Equal("cancelled", cancelled.GetProperty("state").GetString());
        var kept = (await server.Json("collections/current")).GetProperty("photos");
        Assert.InRange(kept.GetProperty("searchable").GetInt64(), 1, 23);
        Assert.Equal(24, kept.GetProperty("total").GetInt64());
        await RunningServer.Problem(await server.Client.PostAsync($"jobs/{id}/cancel", null), 409, "job-ended");

        await RunningServer.Body(await server.Client.PostAsync($"jobs/{id}/resume", null), 202);
        var done = await End(server, job);
        Assert.Equal("done", done.GetProperty("state").GetString());
        Assert.Equal(24, done.GetProperty("summary").GetProperty("photos").GetInt64() + kept.GetProperty("searchable").GetInt64());
        await RunningServer.Problem(await server.Client.PostAsync($"jobs/{id}/resume", null), 409, "job-ended");
    }

    [Fact]
    public async Task While_a_job_runs_no_second_one_starts_and_photos_are_searched_and_forgotten()
    {
        await using var server = await RunningServer.Start();
        var folder = server.Beside("photos");
        Samples.Pieces(folder, 24);
        var job = await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202);
        await RunningServer.Problem(
            await server.Client.PostAsync("jobs", JsonContent(new { kind = "index", folders = new[] { folder } })),
            409,
            "job-running"
        );
        var receipt = await RunningServer.Body(await server.Client.DeleteAsync("photos/1"));
        Assert.Equal((1, true), (receipt.GetProperty("photos").GetInt32(), receipt.GetProperty("overwritten").GetBoolean()));
        await RunningServer.Problem(await server.Client.GetAsync("photos/1"), 404, "not-found");
        Assert.True(
            (await server.Json("search?face=4")).GetProperty("foundSomebody").ValueKind is JsonValueKind.True or JsonValueKind.False
        );
        var done = await End(server, job);
        Assert.Equal(("done", 24), (done.GetProperty("state").GetString(), done.GetProperty("summary").GetProperty("photos").GetInt32()));
        await RunningServer.Problem(await server.Client.GetAsync("photos/1"), 404, "not-found");
    }

    [Fact]
    public async Task A_job_fails_with_a_sentence_while_another_process_indexes()
    {
        await using var server = await RunningServer.Start();
        using var held = new FileStream(
            Path.Combine(server.CollectionDirectory, "indexer.lock"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        var folder = Path.GetDirectoryName(Samples.Photos[0]);
        var job = await End(server, await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202));
        Assert.Equal("failed", job.GetProperty("state").GetString());
        Assert.Contains("is being indexed by", job.GetProperty("error").GetString());
    }

    [Fact, Slow]
    public async Task Forgetting_is_refused_while_another_process_does_not_end_its_transaction()
    {
        await using var server = await RunningServer.Start();
        using var held = new FileStream(
            Path.Combine(server.CollectionDirectory, "writer.lock"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        await RunningServer.Problem(await server.Client.DeleteAsync("photos/1"), 409, "collection-locked");
    }

    [Fact]
    public async Task What_failed_is_listed_with_its_reason_and_read_again_on_request()
    {
        await using var server = await RunningServer.Start();
        var folder = server.Beside("photos");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "late.jpg");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(Samples.Photos[0]))[..5000]);
        await RunningServer.Problem(await server.Client.PostAsync("failures/retry", JsonContent(new { })), 404, "not-found");
        await End(server, await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202));

        var failure = (await server.Json("failures")).GetProperty("items")[0];
        Assert.Equal((file, "damaged"), (failure.GetProperty("path").GetString(), failure.GetProperty("reason").GetString()));
        await RunningServer.Problem(
            await server.Client.PostAsync("failures/retry", JsonContent(new { paths = new[] { "/etc/passwd" } })),
            404,
            "not-found"
        );

        var stamp = File.GetLastWriteTimeUtc(file);
        File.Copy(Samples.Photos[0], file, overwrite: true);
        File.SetLastWriteTimeUtc(file, stamp);
        await End(server, await server.Post("failures/retry", new { paths = new[] { file } }, 202));
        Assert.Equal(0, (await server.Json("failures")).GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("""{"kind":"delete","folders":["/tmp"]}""", 400, "bad-request")]
    [InlineData("""{"kind":"index","folders":[]}""", 400, "bad-request")]
    [InlineData("""{"kind":"index","folders":["relative"]}""", 400, "bad-request")]
    [InlineData("""{"kind":"index","folders":["/tmp\u0000/x"]}""", 400, "bad-request")]
    [InlineData("""{"kind":"index","folders":["/no/such/folder"]}""", 403, "folder-refused")]
    [InlineData("""{"kind":"index","folder":["/tmp"]}""", 400, "bad-request")]
    [InlineData("{", 400, "bad-request")]
    public async Task A_job_that_makes_no_sense_is_refused(string body, int status, string type)
    {
        var server = shared.Open;
        await RunningServer.Problem(await server.Client.PostAsync("jobs", new StringContent(body, null, "application/json")), status, type);
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_not_found()
    {
        var server = shared.Open;
        await RunningServer.Problem(await server.Client.GetAsync("jobs/nope"), 404, "not-found");
        await RunningServer.Problem(await server.Client.GetAsync("jobs/nope/events"), 404, "not-found");
        await RunningServer.Problem(await server.Client.PostAsync("jobs/nope/cancel", null), 404, "not-found");
        await RunningServer.Problem(await server.Client.PostAsync("jobs/nope/resume", null), 404, "not-found");
    }

    /// <summary>Waits until a job has ended.</summary>
    internal static async Task<JsonElement> End(RunningServer server, JsonElement job) => (await Follow(server, job))[^1].Job;

    internal static System.Net.Http.Json.JsonContent JsonContent(object body) => System.Net.Http.Json.JsonContent.Create(body);

    private static async Task<List<(string Type, JsonElement Job)>> Follow(RunningServer server, JsonElement job)
    {
        await using var stream = await server.Client.GetStreamAsync($"jobs/{job.GetProperty("id").GetString()}/events");
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
        return events;
    }
}
