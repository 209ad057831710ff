using System.Net.Http.Json;
using System.Text.Json;

namespace Sosia.Server.Tests;

/// <summary>Cases by the API.</summary>
[Slow]
public class CasesTests
{
    [Fact]
    public async Task A_case_finds_with_an_upload_says_what_is_new_and_shows_nothing_that_was_rejected()
    {
        await using var server = await RunningServer.Start();
        var upload = (await server.Upload(Samples.Photos[0])).GetProperty("id").GetString();
        var made = await server.Post(
            "cases",
            new
            {
                name = "Mila",
                purpose = "a test",
                references = new[] { new { query = upload } },
            }
        );
        Assert.Equal(1, made.GetProperty("case").GetProperty("for").GetInt32());
        var looked = Matches(await server.Json("cases/mila/matches?new=true"));
        Assert.NotEmpty(looked);
        Assert.All(looked, match => Assert.True(match.GetProperty("new").GetBoolean()));
        Assert.All(looked, match => Assert.False(match.GetProperty("match").GetProperty("isQuery").GetBoolean()));

        var shown = Matches(await server.Post("cases/Mila/matches", new { @new = true }));
        Assert.Equal(looked.Length, shown.Length);
        Assert.Empty(Matches(await server.Post("cases/Mila/matches", new { @new = true })));

        var face = looked[0].GetProperty("match").GetProperty("face").GetProperty("id").GetInt64();
        await server.Post("cases/Mila/faces", new { role = "rejected", references = new[] { new { face } } });
        Assert.DoesNotContain(Matches(await server.Json("cases/Mila/matches?limit=100")), match =>
            match.GetProperty("match").GetProperty("face").GetProperty("id").GetInt64() == face
        );
        Assert.Equal("Mila", (await server.Json("cases")).GetProperty("items")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_closed_or_expired_case_is_locked_and_a_deleted_one_is_gone()
    {
        await using var server = await RunningServer.Start();
        await server.Post(
            "cases",
            new
            {
                name = "Old",
                references = new[] { new { photo = 1 } },
                expires = "2020-01-01T00:00:00Z",
            }
        );
        await RunningServer.Problem(await server.Client.GetAsync("cases/Old/matches"), 400, "bad-request");
        await server.Post("cases/Old", new { expires = "2999-01-01T00:00:00Z", closed = true });
        await RunningServer.Problem(await server.Client.GetAsync("cases/Old/matches"), 400, "bad-request");
        await server.Post("cases/Old", new { closed = false });
        await server.Json("cases/Old/matches");
        Assert.Equal(204, (int)(await server.Client.DeleteAsync("cases/Old")).StatusCode);
        Assert.Empty((await server.Json("cases")).GetProperty("items").EnumerateArray());
        await RunningServer.Problem(
            await server.Client.PostAsJsonAsync("cases", new { name = "x", references = new[] { new { } } }),
            400,
            "bad-request"
        );
        await RunningServer.Problem(await server.Client.PostAsJsonAsync("cases/Old/faces", new { role = "other" }), 400, "bad-request");
    }

    private static JsonElement[] Matches(JsonElement found) => [.. found.GetProperty("matches").EnumerateArray()];
}
