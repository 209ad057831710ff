using System.Net.Http.Json;
using System.Text.Json;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Tests;

/// <summary>People by the API: named, corrected and undone, by whoever may.</summary>
[Slow]
public class PeopleTests
{
    [Fact]
    public async Task A_group_is_named_corrected_and_undone()
    {
        await using var server = await RunningServer.Start();
        var before = await server.Json("people?groups=1000");
        Assert.Empty(before.GetProperty("people").EnumerateArray());
        var group = Groups(before).First(group => group.GetProperty("faces").GetArrayLength() > 1);
        var faces = group.GetProperty("faces").EnumerateArray().Select(face => face.GetInt64()).ToArray();

        var said = await server.Post(
            "people",
            new
            {
                group = Id(group),
                name = "Ada",
                asOf = 0,
            }
        );
        var ada = said.GetProperty("person").GetString()!;
        var named = await server.Json($"people/{ada}");
        Assert.All(named.GetProperty("faces").EnumerateArray(), face => Assert.True(face.GetProperty("confirmed").GetBoolean()));
        Assert.Equal(1, named.GetProperty("lastChange").GetInt64());

        await server.Post($"people/{ada}/name", new { name = "Ada Lovelace" });
        await server.Post($"people/{ada}/reject", new { faces = new[] { faces[0] } });
        Assert.Equal(faces.Length - 1, (await server.Json("people")).GetProperty("people")[0].GetProperty("confirmed").GetInt32());
        var rest = await server.Post($"people/{ada}/split", new { faces = faces[1..], name = "Ben" });
        Assert.Equal(["Ada Lovelace", "Ben"], await Names(server));
        await server.Post($"people/{ada}/merge", new { other = rest.GetProperty("person").GetString() });
        Assert.Equal(["Ada Lovelace"], await Names(server));
        await server.Post($"people/{ada}/confirm", new { faces = new[] { faces[0] } });

        for (var changes = 6; changes > 0; changes--)
            Assert.Equal("undo", (await server.Post("people/undo", new { })).GetProperty("kind").GetString());
        Assert.Empty(await Names(server));
        Assert.Equal(12, (await server.Json("people/journal")).GetProperty("items").GetArrayLength());
        await RunningServer.Problem(await server.Client.PostAsJsonAsync("people/undo", new { }), 404, "not-found");
    }

    [Fact]
    public async Task What_was_changed_since_the_page_looked_is_refused_politely()
    {
        await using var server = await RunningServer.Start();
        var group = Groups(await server.Json("people")).First();
        await server.Post("people", new { group = Id(group), name = "Ada" });
        await server.Post("people/Ada/name", new { name = "Eva", asOf = 1 });
        await RunningServer.Problem(
            await server.Client.PostAsJsonAsync("people/Eva/name", new { name = "Ida", asOf = 1 }),
            409,
            "changed-meanwhile"
        );
        await RunningServer.Problem(await server.Client.PostAsJsonAsync("people/undo", new { asOf = 1 }), 409, "changed-meanwhile");
        Assert.Equal(["Eva"], await Names(server));
        await server.Post("people/undo", new { asOf = 2 });
        Assert.Equal(["Ada"], await Names(server));
    }

    [Fact]
    public async Task A_face_that_was_not_found_is_drawn_named_and_undone()
    {
        await using var server = await RunningServer.Start();
        var photo = (await server.Json("photos?limit=1")).GetProperty("items")[0];
        var id = photo.GetProperty("id").GetInt64();
        var before = photo.GetProperty("faceCount").GetInt32();
        var box = new
        {
            left = 3,
            top = 3,
            width = 60,
            height = 70,
        };
        var drawn = await server.Post($"photos/{id}/faces", new { box, name = "Ada" });
        var face = await server.Json($"faces/{drawn.GetProperty("face").GetInt64()}");
        Assert.True(face.GetProperty("drawn").GetBoolean());
        Assert.Equal(60, face.GetProperty("box").GetProperty("width").GetDouble());
        Assert.Equal(["Ada"], await Names(server));
        Assert.Equal("1", drawn.GetProperty("person").GetString());
        Assert.Equal(before + 1, (await server.Json($"photos/{id}")).GetProperty("faces").GetArrayLength());
        var again = await server.Post($"photos/{id}/faces", new { box, name = "Ada" });
        Assert.Equal(drawn.GetProperty("face").GetInt64(), again.GetProperty("face").GetInt64());
        await server.Post("people/undo", new { });
        await server.Post("people/undo", new { });
        Assert.Equal(before, (await server.Json($"photos/{id}")).GetProperty("faces").GetArrayLength());
        Assert.Empty(await Names(server));

        var far = new
        {
            left = 1e6,
            top = 0,
            width = 5,
            height = 5,
        };
        await RunningServer.Problem(await server.Client.PostAsJsonAsync($"photos/{id}/faces", new { box = far }), 400, "bad-request");
        await RunningServer.Problem(await server.Client.PostAsJsonAsync($"photos/{id}/faces", new { name = "Ada" }), 400, "bad-request");
        await RunningServer.Problem(await server.Client.PostAsJsonAsync("photos/999999/faces", new { box }), 404, "not-found");
    }

    [Fact]
    public async Task Suggestions_say_how_often_strangers_look_as_alike()
    {
        await using var server = await RunningServer.Start();
        var group = Groups(await server.Json("people")).First(group => group.GetProperty("suggested").GetInt32() > 1);
        var face = group.GetProperty("faces")[0].GetInt64();
        var ada = (await server.Post("people", new { faces = new[] { face }, name = "Ada" })).GetProperty("person").GetString()!;
        var suggestions = (await server.Json($"people/{ada}/suggestions")).GetProperty("items").EnumerateArray().ToArray();
        Assert.NotEmpty(suggestions);
        Assert.All(suggestions, suggestion => Assert.InRange(suggestion.GetProperty("falseMatchRate").GetDouble(), 0, 1e-3));
    }

    [Fact]
    public async Task Who_may_only_search_may_look_and_not_speak()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var keys = new KeyStore(server.CollectionDirectory);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", keys.Add("guest", Scope.Search, DateTimeOffset.UtcNow));
        var group = Groups(await server.Json("people")).First();
        var name = new { group = Id(group), name = "Ada" };
        await RunningServer.Problem(await server.Client.PostAsJsonAsync("people", name), 403, "forbidden");
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", keys.Add("helper", Scope.Review, DateTimeOffset.UtcNow));
        await server.Post("people", name);
        await RunningServer.Problem(await server.Client.DeleteAsync("people/Ada"), 403, "forbidden");
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", server.Key!);
        var receipt = await RunningServer.Body(await server.Client.DeleteAsync("people/Ada"));
        Assert.True(receipt.GetProperty("faces").GetInt32() > 0);
        Assert.Empty(await Names(server));
    }

    [Fact]
    public async Task Mistakes_are_said()
    {
        await using var server = await RunningServer.Start();
        await RunningServer.Problem(await server.Client.GetAsync("people/Nobody"), 400, "bad-request");
        await RunningServer.Problem(await server.Client.PostAsJsonAsync("people", new { name = "Ada" }), 400, "bad-request");
        await RunningServer.Problem(
            await server.Client.PostAsJsonAsync("people", new { name = " ", faces = new[] { 1 } }),
            400,
            "bad-request"
        );
        await RunningServer.Problem(
            await server.Client.PostAsJsonAsync("people", new { name = "Ada", faces = new[] { 99_999 } }),
            404,
            "not-found"
        );
        await RunningServer.Problem(await server.Client.GetAsync("people?groups=5000"), 400, "bad-request");
    }

    private static IEnumerable<JsonElement> Groups(JsonElement people) => people.GetProperty("groups").EnumerateArray();

    private static string Id(JsonElement person) => person.GetProperty("id").GetString()!;

    private static async Task<string[]> Names(RunningServer server) =>
        [.. (await server.Json("people")).GetProperty("people").EnumerateArray().Select(person => person.GetProperty("name").GetString()!)];
}
