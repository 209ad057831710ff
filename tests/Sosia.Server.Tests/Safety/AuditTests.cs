using System.Net.Http.Headers;
using System.Text.Json;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Tests.Safety;

/// <summary>The audit log says who did what, and shows nobody.</summary>
public class AuditTests
{
    [Fact]
    public async Task It_says_who_asked_what_and_what_came_of_it()
    {
        await using var server = await RunningServer.Start(withKey: true, change: options => options with { Audit = true });
        var ada = new KeyStore(server.CollectionDirectory).Add("ada", Scope.Search, DateTimeOffset.UtcNow);
        await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = "sosia_wrong" }));
        await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = ada }));
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ada);
        await server.Json("search?photo=1&belowThreshold=true&limit=3");
        await server.Json("photos/2");
        await server.Client.GetAsync("photos/2/original");
        await server.Client.GetAsync("photos/2/thumbnail");
        await server.Post("why", new { photo = 2, search = new { references = new[] { new { photo = 1 } } } });
        await server.Client.PostAsync("forget", JobsTests.JsonContent(new { photos = new[] { 3 } })); // she may not
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        await server.Post("forget", new { photos = new[] { 3 } });
        await server.Client.GetAsync("health/live");

        var lines = await server.AuditLines(8);
        Assert.Equal(
            [
                "null POST /api/v1/session 401",
                "ada POST /api/v1/session 200",
                "ada GET /api/v1/search 200",
                "ada GET /api/v1/photos/{id:long} 200",
                "ada GET /api/v1/photos/{id:long}/original 200",
                "ada POST /api/v1/why 200",
                "ada POST /api/v1/forget 403",
                "tester POST /api/v1/forget 200",
            ],
            lines.Select(line =>
                $"{line.GetProperty("who").GetString() ?? "null"} {line.GetProperty("method").GetString()} "
                + $"{line.GetProperty("route").GetString()!.TrimEnd('/')} {line.GetProperty("status").GetInt32()}"
            )
        );
        Assert.Equal("127.0.0.1", lines[0].GetProperty("from").GetString());
        Assert.Equal("2", lines[3].GetProperty("id").GetString());
        Assert.Equal(1, lines[2].GetProperty("references")[0].GetProperty("photo").GetInt32());
        Assert.Equal(JsonValueKind.Number, lines[2].GetProperty("results").ValueKind);
        Assert.Equal(1, lines[7].GetProperty("results").GetInt32());
        Assert.DoesNotContain(ada, await File.ReadAllTextAsync(Path.Combine(server.CollectionDirectory, "audit.ndjson")));
    }

    [Fact]
    public async Task A_full_file_is_put_aside()
    {
        await using var server = await RunningServer.Start(change: options => options with { Audit = true });
        var file = Path.Combine(server.CollectionDirectory, "audit.ndjson");
        await File.WriteAllBytesAsync(file, new byte[17 << 20]);
        await server.Json("photos/1");
        await server.AuditLines(1);
        Assert.Equal(17 << 20, new FileInfo(Path.Combine(server.CollectionDirectory, "audit.1.ndjson")).Length);
    }
}
