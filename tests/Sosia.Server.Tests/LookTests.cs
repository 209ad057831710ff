using System.Text.Json;
using NetVips;

namespace Sosia.Server.Tests;

/// <summary>Search by look and by both, over the six samples and a photo without a face.</summary>
[Slow]
public sealed class LookTests(LookServer look) : IClassFixture<LookServer>
{
    private RunningServer Server => look.Server;

    [Fact]
    public async Task The_collection_says_what_can_be_searched_by_look()
    {
        var collection = await Server.Json("collections/current");
        Assert.Equal(
            ("resnet-18", 7),
            (
                collection.GetProperty("look").GetProperty("model").GetString(),
                collection.GetProperty("look").GetProperty("photos").GetInt32()
            )
        );
        Assert.Equal(
            ["faces", "photos"],
            collection.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("of").GetString())
        );
    }

    [Fact]
    public async Task An_upload_is_found_by_look_though_it_has_no_face()
    {
        var part = Server.Beside("part.jpg");
        using (var whole = Image.NewFromFile(look.WithoutFace))
        using (var cut = whole.Crop(40, 30, 180, 150))
            cut.Jpegsave(part);
        var query = await Server.Upload(part);
        var id = query.GetProperty("id").GetString();
        await RunningServer.Problem(await Server.Client.GetAsync($"search?query={id}"), 422, "no-face");

        var answer = await Server.Json($"search?query={id}&by=look");
        Assert.Equal(
            ("look", JsonValueKind.Null, 7),
            (
                answer.GetProperty("by").GetString(),
                answer.GetProperty("threshold").ValueKind,
                answer.GetProperty("photosSearched").GetInt32()
            )
        );
        var matches = answer.GetProperty("matches").EnumerateArray().ToArray();
        Assert.Equal((7, "look"), (matches.Length, matches[0].GetProperty("foundBy").GetString()));
        Assert.Equal(look.WithoutFace, matches[0].GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, matches[0].GetProperty("face").ValueKind);
        Assert.Equal(JsonValueKind.Null, matches[0].GetProperty("falseMatchRate").ValueKind);
        Assert.Equal("looks alike; error rate not measured", matches[0].GetProperty("meaning").GetString());
        Assert.Equal(matches[0].GetProperty("score").GetSingle(), matches[0].GetProperty("lookScore").GetSingle());

        var both = await Server.Post(
            "search",
            new
            {
                references = new[] { new { query = id } },
                by = "both",
                limit = 3,
            }
        );
        Assert.All(both.GetProperty("matches").EnumerateArray(), match => Assert.Equal("look", match.GetProperty("foundBy").GetString()));
        Assert.Equal(3, both.GetProperty("matches").GetArrayLength());
    }

    [Fact]
    public async Task By_both_says_of_each_photo_what_found_it()
    {
        var answer = await Server.Post("search", new { references = new[] { new { photo = 1 } }, by = "both" });
        var matches = answer.GetProperty("matches").EnumerateArray().ToArray();
        Assert.Equal(
            (1, "both", true),
            (
                matches[0].GetProperty("photo").GetInt32(),
                matches[0].GetProperty("foundBy").GetString(),
                matches[0].GetProperty("isQuery").GetBoolean()
            )
        );
        Assert.True(matches[0].GetProperty("face").GetProperty("id").GetInt64() > 0);
        Assert.Contains(matches, match => match.GetProperty("foundBy").GetString() == "look");
        Assert.Equal(Enumerable.Range(1, matches.Length), matches.Select(match => match.GetProperty("rank").GetInt32()));
        Assert.True(answer.GetProperty("threshold").GetSingle() > 0);
    }

    [Fact]
    public async Task A_match_by_look_is_explained_without_a_pair_of_faces_and_exported()
    {
        var search = new { references = new[] { new { photo = 1 } }, by = "look" };
        var why = await Server.Post("why", new { photo = 7, search });
        Assert.Equal(
            ("found", JsonValueKind.Null, JsonValueKind.Null),
            (why.GetProperty("reason").GetString(), why.GetProperty("pair").ValueKind, why.GetProperty("threshold").ValueKind)
        );
        var both = await Server.Post("why", new { photo = 1, search = new { references = new[] { new { photo = 1 } }, by = "both" } });
        Assert.Equal(JsonValueKind.Object, both.GetProperty("pair").ValueKind);

        foreach (var (format, holds) in new[] { ("csv", ",look,"), ("json", "\"foundBy\":\"look\""), ("html", "that look most alike") })
        {
            using var body = System.Net.Http.Json.JsonContent.Create(new { format, search });
            var answer = await Server.Client.PostAsync("export", body);
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Contains(holds, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await RunningServer.Problem(await Server.Client.GetAsync("search?photo=1&by=smell"), 400, "bad-request");
        await RunningServer.Problem(await Server.Client.GetAsync("search?photo=1&by=look&not=1"), 400, "bad-request");
        await RunningServer.Problem(await Server.Client.GetAsync("search?photo=99&by=look"), 404, "not-found");
    }

    [Fact]
    public async Task A_collection_without_looks_says_which_command_makes_them_and_a_job_does()
    {
        await using var plain = await RunningServer.Start();
        var problem = await RunningServer.Problem(await plain.Client.GetAsync("search?photo=1&by=look"), 422, "not-by-look");
        Assert.Contains("run `sosia index DIR --look` first", problem.GetProperty("detail").GetString());
        Assert.Equal(JsonValueKind.Null, (await plain.Json("collections/current")).GetProperty("look").ValueKind);

        var folder = Path.GetDirectoryName(Samples.Photos[0])!;
        var summary = await LookServer.Index(plain, folder, true);
        Assert.Equal((0, 6), (summary.GetProperty("faces").GetInt32(), summary.GetProperty("looks").GetInt32()));
        Assert.Equal(6, (await plain.Json("search?photo=1&by=look")).GetProperty("matches").GetArrayLength());

        // From now on new photos are indexed by look too, unless somebody says otherwise.
        Samples.Pieces(plain.Beside("more"), 2);
        Assert.Equal(2, (await LookServer.Index(plain, plain.Beside("more"), null)).GetProperty("looks").GetInt32());
    }
}
