using System.Net;
using Sosia.Server.Queries;

namespace Sosia.Server.Tests;

public class QueriesTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task An_uploaded_photo_shows_its_faces_and_pictures_of_them()
    {
        var server = shared.Open;
        var query = await server.Upload(Samples.Photos[0]);
        Assert.Equal("sample1.jpg", query.GetProperty("path").GetString());
        Assert.Equal(3, query.GetProperty("faces").GetArrayLength());
        Assert.InRange(query.GetProperty("face").GetInt32(), 1, 3);
        var id = query.GetProperty("id").GetString();
        Assert.Equal(query.GetRawText(), (await server.Json($"queries/{id}")).GetRawText());
        using var image = NetVips.Image.NewFromBuffer(await server.Client.GetByteArrayAsync($"queries/{id}/image"));
        Assert.Equal(1280, image.Width);
        using var aligned = NetVips.Image.NewFromBuffer(await server.Client.GetByteArrayAsync($"queries/{id}/faces/3/aligned"));
        Assert.Equal(112, aligned.Width);
        await RunningServer.Problem(await server.Client.GetAsync($"queries/{id}/faces/4/aligned"), 404, "not-found");
    }

    [Fact]
    public async Task A_box_drawn_by_hand_becomes_the_wanted_face()
    {
        var server = shared.Open;
        var query = await server.Upload(Samples.Photos[0]);
        var id = query.GetProperty("id").GetString();
        var box = query.GetProperty("faces")[1].GetProperty("box");
        var more = await server.Post(
            $"queries/{id}/faces",
            new
            {
                box = new
                {
                    left = box.GetProperty("left").GetSingle() + 3,
                    top = box.GetProperty("top").GetSingle(),
                    width = box.GetProperty("width").GetSingle(),
                    height = box.GetProperty("height").GetSingle(),
                },
            }
        );
        Assert.Equal((4, 4), (more.GetProperty("faces").GetArrayLength(), more.GetProperty("face").GetInt32()));

        // The same face, found by hand, finds the same person.
        var found = await server.Post(
            "search",
            new
            {
                references = new[] { new { query = id, face = 4 } },
                limit = 1,
                belowThreshold = true,
            }
        );
        Assert.True(found.GetProperty("matches")[0].GetProperty("score").GetSingle() > 0.9);
        await RunningServer.Problem(
            await server.Client.PostAsync(
                $"queries/{id}/faces",
                JobsTests.JsonContent(
                    new
                    {
                        box = new
                        {
                            left = -900,
                            top = 0,
                            width = 5,
                            height = 5,
                        },
                    }
                )
            ),
            400,
            "bad-request"
        );
        await RunningServer.Problem(
            await server.Client.PostAsync($"queries/{id}/faces", JobsTests.JsonContent(new { })),
            400,
            "bad-request"
        );
    }

    [Fact]
    public async Task An_uploaded_photo_is_gone_after_its_time_and_says_so_politely()
    {
        await using var server = await RunningServer.Start(change: options => options with { QueryLifetime = TimeSpan.FromMinutes(30) });
        var id = (await server.Upload(Samples.Photos[0])).GetProperty("id").GetString();
        server.Clock.Advance(TimeSpan.FromMinutes(29));
        await server.Json($"queries/{id}");
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        foreach (var address in (string[])[$"queries/{id}", $"queries/{id}/image", $"queries/{id}/faces/1/aligned", $"search?query={id}"])
            await RunningServer.Problem(await server.Client.GetAsync(address), 410, "query-gone");
        await server.Upload(Samples.Photos[1]); // and its memory is given back
        Assert.Equal(1, server.Get<QueryStore>().Count);
    }

    [Fact]
    public async Task An_uploaded_photo_is_gone_at_once_on_request()
    {
        await using var server = await RunningServer.Start();
        var id = (await server.Upload(Samples.Photos[0])).GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await server.Client.DeleteAsync($"queries/{id}")).StatusCode);
        await RunningServer.Problem(await server.Client.GetAsync($"queries/{id}"), 410, "query-gone");
        Assert.Equal((0, 0L), (server.Get<QueryStore>().Count, server.Get<QueryStore>().Bytes));
    }

    [Fact, Slow]
    public async Task The_oldest_photos_go_when_there_are_too_many()
    {
        await using var server = await RunningServer.Start(change: options => options with { QueryMemory = 700_000 });
        var first = (await server.Upload(Samples.Photos[0])).GetProperty("id").GetString();
        foreach (var photo in Samples.Photos.Skip(1))
            await server.Upload(photo);
        await RunningServer.Problem(await server.Client.GetAsync($"queries/{first}"), 410, "query-gone");
        Assert.True(server.Get<QueryStore>().Count is >= 1 and < 6);
    }

    [Fact]
    public async Task An_uploaded_photo_never_touches_the_disk()
    {
        await using var server = await RunningServer.Start(change: options => options with { Audit = true });
        var bytes = await File.ReadAllBytesAsync(Samples.Photos[0]);
        await server.Json("search?face=1");
        server.Get<Collection>().Maintenance.FinishIndexes(); // the first search makes the collection's index
        // The audit log is begun behind the first answer.
        var audit = Path.Combine(server.CollectionDirectory, "audit.ndjson");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(audit), TimeSpan.FromSeconds(30)));
        var before = Files(server);
        using var watcher = new FileSystemWatcher(Path.GetTempPath()) { EnableRaisingEvents = true };
        var made = new List<string>();
        watcher.Created += (_, file) =>
        {
            lock (made)
                made.Add(file.Name!);
        };
        await RunningServer.Body(await server.Client.PostAsync("search", RunningServer.Form(Samples.Photos[0])));
        Assert.Equal(before.Order(), Files(server).Order());
        lock (made)
            Assert.DoesNotContain(made, name => name.StartsWith("ASPNETCORE", StringComparison.Ordinal));
        Assert.All(
            Directory.GetFiles(server.CollectionDirectory, "*", SearchOption.AllDirectories),
            file => Assert.True(Shared(file).IndexOf(bytes.AsSpan(1000, 64)) < 0)
        );
    }

    [Fact]
    public async Task What_is_no_photo_is_refused_with_its_reason()
    {
        var server = shared.Open;
        var text = server.Beside("text.jpg");
        await File.WriteAllTextAsync(text, "not a picture");
        var problem = await RunningServer.Problem(await server.Client.PostAsync("queries", RunningServer.Form(text)), 422, "unreadable");
        Assert.Equal("notAnImage", problem.GetProperty("reason").GetString());
        await File.WriteAllBytesAsync(text, []);
        Assert.Equal(
            "empty",
            (await RunningServer.Problem(await server.Client.PostAsync("search", RunningServer.Form(text)), 422, "unreadable"))
                .GetProperty("reason")
                .GetString()
        );
        await RunningServer.Problem(
            await server.Client.PostAsync("queries", RunningServer.Form(Samples.Photos[0], Samples.Photos[1])),
            400,
            "bad-request"
        );
        await RunningServer.Problem(
            await server.Client.PostAsync("queries", new StringContent("x", null, "text/plain")),
            415,
            "wrong-media-type"
        );
    }

    private static ReadOnlySpan<byte> Shared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static List<string> Files(RunningServer server) =>
        [
            .. Directory
                .GetFiles(server.CollectionDirectory, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(server.CollectionDirectory, file))
                .Where(name => !name.EndsWith("-shm", StringComparison.Ordinal) && !name.EndsWith("-wal", StringComparison.Ordinal)),
        ];
}
