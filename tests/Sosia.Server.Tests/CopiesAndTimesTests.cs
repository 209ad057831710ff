using System.Text.Json;
using NetVips;

namespace Sosia.Server.Tests;

/// <summary>When photos were taken, what they say, and copies, as programs ask for them.</summary>
public class CopiesAndTimesTests
{
    [Fact]
    public async Task A_search_says_when_photos_were_taken_folds_copies_and_keeps_to_times_and_folders()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("photos");
        Directory.CreateDirectory(Path.Combine(folder, "small"));
        File.Copy(Samples.Photos[0], Path.Combine(folder, "one.jpg"));
        File.Copy(Samples.Photos[1], Path.Combine(folder, "two.jpg"));
        using (var image = Image.NewFromFile(Samples.Photos[0]))
        using (var half = image.Resize(0.5))
            half.WriteToFile(Path.Combine(folder, "small", "one again.jpg"));
        server.Get<Collection>().Indexing.Run([folder]);
        var query = (await server.Upload(Samples.Photos[0])).GetProperty("id").GetString();

        var matches = await Matches(new { belowThreshold = true });
        Assert.Equal(2, matches.Length);
        Assert.Equal(
            ("one.jpg", "one again.jpg"),
            (Name(matches[0]), Name(Assert.Single(matches[0].GetProperty("copies").EnumerateArray())))
        );
        Assert.Equal(0, matches[1].GetProperty("copies").GetArrayLength() + matches[1].GetProperty("burst").GetArrayLength());
        Assert.Equal("exif", matches[0].GetProperty("taken").GetProperty("from").GetString());
        Assert.Equal("2017-10-31T20:16", matches[0].GetProperty("taken").GetProperty("at").GetString()![..16]);
        Assert.Equal("SONY ILCE-7M2", matches[0].GetProperty("facts").GetProperty("camera").GetString());
        Assert.Equal(JsonValueKind.Null, matches[0].GetProperty("facts").GetProperty("place").ValueKind);
        var photo = await server.Json($"photos/{matches[0].GetProperty("photo").GetInt64()}");
        Assert.Equal(matches[0].GetProperty("taken").GetRawText(), photo.GetProperty("taken").GetRawText());

        Assert.Equal(3, (await Matches(new { belowThreshold = true, unfold = true })).Length);
        Assert.Equal(["two.jpg"], (await Matches(new { belowThreshold = true, to = "2016" })).Select(Name));
        Assert.Equal(
            ["one.jpg"],
            (
                await Matches(
                    new
                    {
                        belowThreshold = true,
                        from = "2017-10-31",
                        to = "2017-10-31",
                        sort = "oldest",
                        limit = 1,
                    }
                )
            ).Select(Name)
        );
        Assert.Equal(["one again.jpg"], (await Matches(new { under = Path.Combine(folder, "small") })).Select(Name));
        Assert.Equal(["one again.jpg"], (await Matches(new { under = new[] { Path.Combine(folder, "small"), "/nowhere" } })).Select(Name));
        Assert.Equal(["two.jpg", "one.jpg"], (await Matches(new { belowThreshold = true, sort = "oldest" })).Select(Name));
        var copies = await Matches(new { by = "copy" });
        Assert.Equal(["one again.jpg", "one.jpg"], copies.Select(Name).Order(StringComparer.Ordinal));
        Assert.All(
            copies,
            match =>
                Assert.Equal(
                    ("copy", "the same picture"),
                    (match.GetProperty("foundBy").GetString(), match.GetProperty("meaning").GetString())
                )
        );
        var link = await server.Json($"search?query={query}&by=person&belowThreshold=true&to=2016&under={Uri.EscapeDataString(folder)}");
        Assert.Equal(["two.jpg"], link.GetProperty("matches").EnumerateArray().Select(Name));
        Assert.Equal(4, Lines(await Export("csv", new { belowThreshold = true }))); // a head, and every file
        Assert.Equal(4, Lines(await Export("csv", new { belowThreshold = true, limit = 2 }))); // two results, one with a copy
        var both = await Matches(new { unfold = true });
        long[] photos = [.. both.Select(match => match.GetProperty("photo").GetInt64())];
        Assert.Equal((2, 3), (photos.Length, Lines(await Export("csv", new { belowThreshold = true }, photos))));
        Assert.Contains("1 photo of this picture among 3", await Export("html", new { by = "copy" })); // beside the query's own

        foreach (
            object wrong in new object[]
            {
                new { from = "soon" },
                new { sort = "best" },
                new { by = "name" },
                new { under = "relative" },
                new { from = "2020", to = "2019" },
            }
        )
            await RunningServer.Problem(await server.Client.PostAsync("search", Body(Search(wrong))), 400, "bad-request");

        async Task<JsonElement[]> Matches(object how) =>
            [.. (await server.Post("search", Search(how))).GetProperty("matches").EnumerateArray()];

        async Task<string> Export(string format, object how, long[]? photos = null)
        {
            var body = Body(
                new
                {
                    format,
                    photos,
                    search = Search(how),
                }
            );
            using var answer = await server.Client.PostAsync("export", body);
            return await answer.Content.ReadAsStringAsync();
        }

        static int Lines(string text) => text.Trim().Split('\n').Length;

        Dictionary<string, object?> Search(object how) =>
            how.GetType()
                .GetProperties()
                .ToDictionary(property => property.Name, property => property.GetValue(how))
                .Append(new("references", new[] { new { query } }))
                .ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private static StringContent Body(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

    private static string Name(JsonElement photo) => Path.GetFileName(photo.GetProperty("path").GetString()!);
}
