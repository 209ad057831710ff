using System.Security.Cryptography;
using System.Text.Json;
using NetVips;

namespace Sosia.Cli.Tests;

/// <summary>By look: photos with and without faces, found by what they look like; by both; with a model of one's own.</summary>
[Slow]
public sealed class LookTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_photo_without_a_face_is_found_by_look_from_a_part_of_it_and_by_both_each_says_what_found_it()
    {
        PutPhotos();
        var indexed = _sosia.Ask("index", _sosia.Photos, "--look", "--json").JsonLines;
        Assert.Equal((6, 3, 6), (Number(indexed[^1], "photos"), Number(indexed[^1], "faces"), Number(indexed[^1], "looks")));
        Assert.All(indexed[..^1], line => Assert.True(line.GetProperty("look").GetBoolean()));
        var spaces = _sosia.Ask("status", "--json").Json.GetProperty("spaces").EnumerateArray().ToArray();
        Assert.Equal(
            [("faces", "face-512", 3), ("photos", "resnet-18", 6)],
            spaces.Select(space => (Text(space, "of"), Text(space, "model"), Number(space, "rows")))
        );

        var pattern = Cut(Path.Combine(_sosia.Photos, "pattern.jpg"), 40, 30, 150, 150);
        var byLook = _sosia.Run("search", pattern, "--by", "look", "--json");
        Assert.Equal((0, ""), (byLook.Code, byLook.Error));
        var matches = byLook.Json.GetProperty("matches").EnumerateArray().ToArray();
        Assert.Equal(6, matches.Length);
        Assert.Equal(("pattern.jpg", "look", 1), (Name(matches[0]), Text(matches[0], "foundBy"), Number(matches[0], "rank")));
        Assert.Equal(("look", false), (Text(byLook.Json, "by"), byLook.Json.TryGetProperty("threshold", out _)));
        Assert.All(matches, match => Assert.False(match.TryGetProperty("face", out _) || match.TryGetProperty("falseMatchRate", out _)));
        Assert.Equal(
            matches.Select(match => match.GetProperty("score").GetSingle()).OrderDescending(),
            matches.Select(match => match.GetProperty("lookScore").GetSingle())
        );
        var people = _sosia.Run("search", pattern);
        Assert.Contains("No face was found", people.Sentence);

        // By both: the same face in another photo by person, the query's own photo by both, the rest by look.
        var both = _sosia
            .Run("search", Path.Combine(_sosia.Photos, "0.jpg"), "--by", "both", "--threshold", "0.4", "--json")
            .Json.GetProperty("matches")
            .EnumerateArray()
            .ToArray();
        Assert.Equal(("0.jpg", "both", true), (Name(both[0]), Text(both[0], "foundBy"), both[0].GetProperty("isQuery").GetBoolean()));
        Assert.Equal(("again.jpg", "both"), (Name(both[1]), Text(both[1], "foundBy")));
        Assert.True(both[1].GetProperty("face").GetProperty("id").GetInt64() > 0 && both[1].GetProperty("lookScore").GetSingle() > 0);
        Assert.Contains("look", both.Select(match => Text(match, "foundBy")));
        Assert.Equal(both.Length, both.Select(Name).Distinct().Count());

        var alone = _sosia.Run("search", pattern, "--by", "both");
        Assert.Equal("The query has no face that can be recognised: the answer is by look alone.", alone.Sentence);
        Assert.Contains("looks alike; error rate not measured", alone.Out);
        Assert.Contains("how often such a score is chance was not measured", alone.Out);
    }

    [Fact]
    public void A_search_by_look_can_be_explained_exported_and_shown_as_a_page()
    {
        PutPhotos();
        _sosia.Ask("index", _sosia.Photos, "--look");
        var query = Path.Combine(_sosia.Photos, "pattern.jpg");
        var why = _sosia.Ask("why", Path.Combine(_sosia.Photos, "stripes.jpg"), "--query", query, "--by", "look");
        Assert.Equal(0, why.Code);
        Assert.Matches(@"^It is among the results\. By look it has rank \d with a similarity of 0\.\d\d\.", why.Out);
        Assert.Equal(
            "beyondLimit",
            Text(
                _sosia.Ask("why", Path.Combine(_sosia.Photos, "0.jpg"), "--query", query, "--by", "look", "-k", "1", "--json").Json,
                "reason"
            )
        );

        Assert.Equal(0, _sosia.Ask("search", query, "--by", "look", "--html", _sosia["found.html"]).Code);
        var page = File.ReadAllText(_sosia["found.html"]);
        Assert.Contains("of 6 that look most alike", page);
        Assert.DoesNotContain("class=\"box\"", page);
        Assert.Equal(0, _sosia.Ask("export", query, "--by", "look", "--out", _sosia["found.csv"]).Code);
        var table = File.ReadAllLines(_sosia["found.csv"]);
        Assert.Equal(7, table.Length);
        Assert.All(table[1..], line => Assert.Contains(",look,", line));
        Assert.Contains("By look the whole photo is compared", _sosia.Ask("search", query, "--by", "look", "--face", "1").Sentence);
        Assert.Equal(
            0,
            _sosia
                .Ask("search", query, "--by", "look", "--also", Path.Combine(_sosia.Photos, "stripes.jpg"), "-k", "3", "--threshold", "0.1")
                .Code
        );
    }

    [Fact]
    public void What_is_missing_is_said_in_a_sentence_with_the_command_that_helps()
    {
        PutPhotos();
        _sosia.Ask("index", _sosia.Photos);
        var query = Path.Combine(_sosia.Photos, "0.jpg");
        var none = _sosia.Ask("search", query, "--by", "look");
        Assert.Equal((2, ""), (none.Code, none.Out));
        Assert.Contains("holds no photo indexed by look with the model 'resnet-18': run `sosia index DIR --look` first.", none.Sentence);
        Assert.Contains("There is no model 'nobodys'", _sosia.Ask("search", query, "--by", "look", "--model", "nobodys").Sentence);
        Assert.Contains(
            "makes face embeddings, and image embeddings are needed",
            _sosia.Run("index", _sosia.Photos, "--look-model", "face-512").Sentence
        );
        Assert.Contains(
            "makes image embeddings, and face embeddings are needed",
            _sosia.Ask("search", query, "--model", "resnet-18").Sentence
        );

        File.Delete(Path.Combine(_sosia.Photos, "stripes.jpg"));
        Assert.Equal(5, Number(_sosia.Ask("index", _sosia.Photos, "--look", "--json").JsonLines[^1], "looks"));
        _sosia.Put("new.jpg", Portraits.Of(4));
        Assert.Equal("1 photo can't be found by look yet: index with --look to change that.", _sosia.Run("index", _sosia.Photos).Sentence);
        Assert.Contains("1 photo can't be found by look yet", _sosia.Ask("search", query, "--by", "look").Sentence);
        Assert.Equal(
            "notByLook",
            Text(_sosia.Ask("why", Path.Combine(_sosia.Photos, "new.jpg"), "--query", query, "--by", "look", "--json").Json, "reason")
        );
        Assert.Equal(0, _sosia.Ask("verify").Code);
    }

    [Fact]
    public void A_network_that_a_user_brings_is_indexed_with_and_searched_with_by_its_name()
    {
        var file = SharedFiles.Find("models/efficientnet-lite0.onnx");
        File.WriteAllText(
            _sosia["entry.json"],
            $$"""
            { "name": "efficientnet-lite0", "makes": "image-embedding", "file": "efficientnet-lite0.onnx", "licence": "Apache-2.0", "origin": "Google", "trainingData": "ImageNet",
              "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}}",
              "input": { "name": "input", "width": 224, "height": 224, "fit": "stretch", "interpolation": "bicubic", "layout": "nchw", "channels": "rgb", "mean": [127], "scale": [0.0078125] },
              "output": { "name": "embedding", "dimensions": 1280 } }
            """
        );
        Assert.Equal(0, _sosia.Run("models", "add", file, "--entry", _sosia["entry.json"]).Code);
        PutPhotos();
        Assert.Equal(6, Number(_sosia.Ask("index", _sosia.Photos, "--look-model", "efficientnet-lite0", "--json").JsonLines[^1], "looks"));

        var query = Cut(Path.Combine(_sosia.Photos, "stripes.jpg"), 10, 10, 200, 160);
        var found = _sosia.Ask("search", query, "--by", "look", "--model", "efficientnet-lite0", "--json");
        Assert.Equal("stripes.jpg", Name(found.Json.GetProperty("matches")[0]));
        // the only one there is
        Assert.Equal("stripes.jpg", Name(_sosia.Ask("search", query, "--by", "look", "--json").Json.GetProperty("matches")[0]));
        Assert.Contains("`sosia index DIR --look-model resnet-18` first", _sosia.Ask("search", query, "--by", "look", "--model", "resnet-18").Sentence);
        Assert.Equal(0, _sosia.Ask("search", Path.Combine(_sosia.Photos, "0.jpg"), "--by", "both", "--model", "efficientnet-lite0").Code);

        // Beside it, the built-in one: each photo is read again, its faces are not looked for again.
        var second = _sosia.Ask("index", _sosia.Photos, "--look-model", "resnet-18", "--json").JsonLines[^1];
        Assert.Equal((0, 6), (Number(second, "faces"), Number(second, "looks")));
        Assert.Equal(
            [3, 6, 6],
            _sosia.Ask("status", "--json").Json.GetProperty("spaces").EnumerateArray().Select(space => Number(space, "rows"))
        );
    }

    [Fact]
    public async Task Killed_in_the_middle_of_indexing_by_look_it_goes_on_without_loss()
    {
        const int Photos = 40;
        _sosia.PutMany(Photos);
        _sosia.Ask("index", _sosia.Photos);
        var random = new Random(17);
        for (var round = 0; round < 3; round++)
        {
            using var index = _sosia.Start("index", _sosia.Photos, "--look", "--json");
            index.StandardInput.Close();
            var kill = Task.Run(async () =>
            {
                await Task.Delay(random.Next(500, 1500));
                index.Kill(); // nothing where it has ended already
            });
            await index.StandardOutput.ReadToEndAsync();
            await index.WaitForExitAsync();
            await kill;
            Assert.Equal(0, _sosia.Ask("verify").Code);
        }
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--look").Code);
        Assert.Equal(
            [Photos, Photos],
            _sosia.Ask("status", "--json").Json.GetProperty("spaces").EnumerateArray().Select(space => Number(space, "rows"))
        );
        Assert.Equal(Photos, Number(_sosia.Ask("status", "--json").Json, "faces"));
    }

    /// <summary>Three portraits, of whom two are of one person, and three photos without a face.</summary>
    private void PutPhotos()
    {
        _sosia.Put("0.jpg", Portraits.Of(0));
        _sosia.Put("again.jpg", Portraits.Again(0));
        _sosia.Put("other.jpg", Portraits.Of(3));
        _sosia.Put("plain.png", Portraits.WithoutFace());
        _sosia.Put("pattern.jpg", Picture((x, y) => (x / 20 + y / 20) % 2 == 0 ? [200, 60, 40] : [40, 60, 200]));
        _sosia.Put("stripes.jpg", Picture((x, y) => (x + y) / 12 % 2 == 0 ? [30, 160, 60] : [230, 230, 90]));
    }

    private static byte[] Picture(Func<int, int, byte[]> colour)
    {
        const int Width = 240,
            Height = 200;
        byte[] pixels =
        [
            .. from y in Enumerable.Range(0, Height) from x in Enumerable.Range(0, Width) from value in colour(x, y) select value,
        ];
        using var image = Image.NewFromMemory(pixels, Width, Height, 3, Enums.BandFormat.Uchar);
        return image.Copy(interpretation: Enums.Interpretation.Srgb).JpegsaveBuffer(q: 90);
    }

    private string Cut(string photo, int left, int top, int width, int height)
    {
        using var whole = Image.NewFromFile(photo);
        using var cut = whole.Crop(left, top, width, height);
        var path = _sosia[$"cut-{Path.GetFileName(photo)}"];
        cut.Jpegsave(path);
        return path;
    }

    private static string Name(JsonElement match) => Path.GetFileName(Text(match, "path"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
