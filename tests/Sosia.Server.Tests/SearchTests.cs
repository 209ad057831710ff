using System.IO.Compression;
using System.Text.Json;

namespace Sosia.Server.Tests;

public class SearchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task An_uploaded_photo_finds_itself_first_and_each_photo_once()
    {
        var server = shared.Open;
        var answer = await RunningServer.Body(await server.Client.PostAsync("search", RunningServer.Form(Samples.Photos[0])));
        var best = answer.GetProperty("matches")[0];
        Assert.Equal(Samples.Photos[0], best.GetProperty("path").GetString());
        Assert.True(best.GetProperty("isQuery").GetBoolean());
        Assert.Equal(1, best.GetProperty("score").GetSingle(), 3);
        Assert.Equal(0, best.GetProperty("distance").GetSingle(), 3);
        Assert.Equal("plain", answer.GetProperty("rule").GetString());
        var all = await Search(
            server,
            new { references = new[] { new { query = answer.GetProperty("query").GetProperty("id").GetString() } }, belowThreshold = true }
        );
        Assert.Equal(6, Photos(all).Distinct().Count());
        Assert.Equal(6, Photos(all).Count);
        Assert.Equal(Scores(all).OrderDescending(), Scores(all));
    }

    [Fact]
    public async Task Scores_come_with_their_meaning_and_a_curve_for_every_other_score()
    {
        var server = shared.Open;
        var answer = await Search(
            server,
            new
            {
                references = new[] { new { face = 1 } },
                belowThreshold = true,
                curve = true,
            }
        );
        var best = answer.GetProperty("matches")[0];
        Assert.Contains("false match", best.GetProperty("meaning").GetString());
        Assert.True(best.GetProperty("falseMatchRate").GetDouble() < 1e-4);
        Assert.Equal(
            best.GetProperty("falseMatchRate").GetDouble() * answer.GetProperty("facesSearched").GetInt64(),
            best.GetProperty("expectedFalseMatches").GetDouble(),
            9
        );
        var rates = answer.GetProperty("curve").EnumerateArray().Select(point => point[1].GetDouble()).ToList();
        Assert.Equal(121, rates.Count);
        Assert.Equal(rates.OrderDescending(), rates);
    }

    [Fact]
    public async Task A_stored_photo_and_a_stored_face_are_searched_by_link()
    {
        var server = shared.Open;
        var byFace = await server.Json("search?face=4&belowThreshold=true");
        Assert.Equal(4, byFace.GetProperty("query").GetProperty("face").GetInt64());
        var photo = byFace.GetProperty("query").GetProperty("photo").GetInt64();
        Assert.Equal(photo, Photos(byFace)[0]);
        var byPhoto = await server.Json($"search?photo={photo}&limit=1&belowThreshold=true");
        Assert.Single(Photos(byPhoto));
        Assert.Equal(photo, Photos(byPhoto)[0]);
    }

    [Fact]
    public async Task Several_references_are_combined_by_mean_or_by_the_best()
    {
        var server = shared.Open;
        var references = new[] { new { face = 1 }, new { face = 4 } };
        var mean = await Search(server, new { references, belowThreshold = true });
        var best = await Search(
            server,
            new
            {
                references,
                belowThreshold = true,
                combine = "best",
            }
        );
        Assert.Equal(("mean", "best"), (mean.GetProperty("rule").GetString(), best.GetProperty("rule").GetString()));
        Assert.Equal(1, Scores(best)[0], 3);
        Assert.Equal(1, Scores(best)[1], 3);
        Assert.True(Scores(mean)[0] < 0.99);
        Assert.Equal(1, mean.GetProperty("also").GetArrayLength());
    }

    [Fact]
    public async Task Somebody_marked_as_not_this_person_falls_and_strangers_to_them_keep_their_score()
    {
        var server = shared.Open;
        var references = new[] { new { face = 1 } };
        var before = await Search(server, new { references, belowThreshold = true });
        var second = before.GetProperty("matches")[1];
        var after = await Search(
            server,
            new
            {
                references,
                belowThreshold = true,
                negatives = new[] { new { face = second.GetProperty("face").GetProperty("id").GetInt64() } },
            }
        );
        var id = second.GetProperty("photo").GetInt64();
        Assert.True(ScoreOf(after, id) < ScoreOf(before, id) - 0.3);
        Assert.Equal(id, Photos(after)[^1]);
        var stranger = Photos(before).First(photo => photo != id && ScoreOf(after, photo) == ScoreOf(before, photo));
        Assert.NotEqual(0, stranger);
    }

    [Fact]
    public async Task Nobody_is_said_clearly()
    {
        var server = shared.Open;
        var answer = await server.Json("search?face=1&threshold=0.99");
        Assert.False(answer.GetProperty("foundSomebody").GetBoolean());
        Assert.Single(Photos(answer));
    }

    [Fact]
    public async Task Uploads_come_with_options_and_join_stored_references()
    {
        var server = shared.Open;
        using var form = RunningServer.Form(Samples.Photos[0], Samples.Photos[1]);
        form.Add(new StringContent("""{"references":[{"face":9}],"combine":"best","limit":2,"belowThreshold":true}"""), "options");
        var answer = await RunningServer.Body(await server.Client.PostAsync("search", form));
        Assert.Equal((3, 2), (answer.GetProperty("references").GetInt32(), answer.GetProperty("matches").GetArrayLength()));
    }

    [Theory]
    [InlineData("""{}""", 400, "bad-request")]
    [InlineData("""{"references":[]}""", 400, "bad-request")]
    [InlineData("""{"references":[{}]}""", 400, "bad-request")]
    [InlineData("""{"references":[{"photo":1,"face":1}]}""", 400, "bad-request")]
    [InlineData("""{"references":[{"url":"http://example.com/a.jpg"}]}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":1}],"limit":0}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":1}],"limit":1e9}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":1}],"threshold":7}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":1}],"combine":"worst"}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":1}],"under":"relative"}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":"one"}]}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":9223372036854775808}]}""", 400, "bad-request")]
    [InlineData("""{"references":[{"face":9999}]}""", 404, "not-found")]
    [InlineData("""{"references":[{"photo":9999}]}""", 404, "not-found")]
    [InlineData("""{"references":[{"query":"0000"}]}""", 410, "query-gone")]
    [InlineData("""[1,2]""", 400, "bad-request")]
    [InlineData("""null""", 400, "bad-request")]
    [InlineData("", 400, "bad-request")]
    public async Task A_search_that_makes_no_sense_is_refused(string body, int status, string type)
    {
        var server = shared.Open;
        await RunningServer.Problem(
            await server.Client.PostAsync("search", new StringContent(body, null, "application/json")),
            status,
            type
        );
    }

    [Fact]
    public async Task A_photo_without_a_face_says_so()
    {
        var server = shared.Open;
        var grey = server.Beside("grey.jpg");
        using (var image = NetVips.Image.Black(400, 300))
            image.Jpegsave(grey);
        await RunningServer.Problem(await server.Client.PostAsync("search", RunningServer.Form(grey)), 422, "no-face");
        Assert.Equal(JsonValueKind.Null, (await server.Upload(grey)).GetProperty("face").ValueKind);
    }

    [Fact]
    public async Task Why_shows_both_faces_and_the_regions_that_speak_for_the_match()
    {
        var server = shared.Open;
        var id = (await server.Upload(Samples.Photos[0])).GetProperty("id").GetString();
        var why = await server.Post("why", new { photo = 1, search = new { references = new[] { new { query = id } } } });
        Assert.Contains(why.GetProperty("reason").GetString(), (string[])["found", "belowThreshold"]);
        var pair = why.GetProperty("pair");
        foreach (var side in (string[])["query", "match"])
        {
            var heat = pair.GetProperty(side).GetProperty("heat");
            Assert.Equal(7, heat.GetProperty("drops").GetArrayLength());
            Assert.All(heat.GetProperty("drops").EnumerateArray(), row => Assert.Equal(7, row.GetArrayLength()));
            Assert.Contains(
                heat.GetProperty("drops").EnumerateArray().SelectMany(row => row.EnumerateArray()),
                drop => drop.GetSingle() != 0
            );
            Assert.Equal(
                "image/png",
                (await server.Client.GetAsync(pair.GetProperty(side).GetProperty("aligned").GetString()))
                    .Content
                    .Headers
                    .ContentType
                    ?.MediaType
            );
        }
        await RunningServer.Problem(
            await server.Client.PostAsync(
                "why",
                JobsTests.JsonContent(new { photo = 99, search = new { references = new[] { new { face = 1 } } } })
            ),
            404,
            "not-found"
        );
        await RunningServer.Problem(
            await server.Client.PostAsync("why", JobsTests.JsonContent(new { search = new { references = new[] { new { face = 1 } } } })),
            400,
            "bad-request"
        );
    }

    [Fact]
    public async Task Covering_a_face_lowers_its_likeness_to_itself_everywhere_that_matters()
    {
        var server = shared.Open;
        var why = await server.Post("why", new { photo = 1, search = new { references = new[] { new { photo = 1 } } } });
        var drops = why.GetProperty("pair")
            .GetProperty("match")
            .GetProperty("heat")
            .GetProperty("drops")
            .EnumerateArray()
            .SelectMany(row => row.EnumerateArray())
            .Select(drop => drop.GetSingle())
            .ToList();
        Assert.All(drops, drop => Assert.True(drop >= -1e-4));
        Assert.True(drops.Max() > 0.02);
    }

    [Fact]
    public async Task Matches_are_exported_as_csv_json_html_and_a_zip_of_originals()
    {
        var server = shared.Open;
        var search = new { references = new[] { new { face = 1 } }, belowThreshold = true };
        var csv = await Export("csv", null);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.Contains("attachment", csv.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(7, (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, (await RunningServer.Body(await Export("json", [1, 2]))).GetArrayLength());
        var html = await (await Export("html", [1])).Content.ReadAsStringAsync();
        Assert.StartsWith("<!doctype html>", html);
        Assert.DoesNotContain("src=\"http", html);

        using var zip = new ZipArchive(await (await Export("zip", [1, 2])).Content.ReadAsStreamAsync());
        Assert.Equal(3, zip.Entries.Count);
        var first = zip.Entries.Single(entry => entry.Name.StartsWith("0001-", StringComparison.Ordinal));
        await using var entry = await first.OpenAsync();
        using var memory = new MemoryStream();
        await entry.CopyToAsync(memory);
        Assert.Equal(await File.ReadAllBytesAsync((await server.Json("photos/1")).GetProperty("path").GetString()!), memory.ToArray());
        await RunningServer.Problem(await Export("exe", null), 400, "bad-request");

        Task<HttpResponseMessage> Export(string format, long[]? photos) =>
            server.Client.PostAsync(
                "export",
                JobsTests.JsonContent(
                    new
                    {
                        format,
                        photos,
                        search,
                    }
                )
            );
    }

    [Fact]
    public async Task An_audit_log_tells_searches_without_images_when_switched_on()
    {
        await using var server = await RunningServer.Start(change: options => options with { Audit = true });
        await server.Json("search?face=1&not=4");
        await RunningServer.Body(await server.Client.PostAsync("search", RunningServer.Form(Samples.Photos[0])));
        var lines = await server.AuditLines(2);
        Assert.Equal(1, lines[0].GetProperty("references")[0].GetProperty("face").GetInt64());
        Assert.Equal(64, lines[1].GetProperty("references")[0].GetProperty("upload").GetString()!.Length);
        Assert.All(lines, line => Assert.True(line.GetRawText().Length < 500));
    }

    private static Task<JsonElement> Search(RunningServer server, object body) => server.Post("search", body);

    private static List<long> Photos(JsonElement answer) =>
        [.. answer.GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("photo").GetInt64())];

    private static List<float> Scores(JsonElement answer) =>
        [.. answer.GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("score").GetSingle())];

    private static float ScoreOf(JsonElement answer, long photo) =>
        answer
            .GetProperty("matches")
            .EnumerateArray()
            .Single(match => match.GetProperty("photo").GetInt64() == photo)
            .GetProperty("score")
            .GetSingle();
}
