using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetVips;

namespace Sosia.Cli.Tests;

/// <summary>`sosia eval experiments` as a program, on a folder of six people.</summary>
[Slow]
public sealed class ExperimentsTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Models_are_compared_on_the_same_rows_and_the_report_shows_whom_they_found()
    {
        PutPeople();
        Put("people.json", """{ "queryPeople": ["person 4", "person 1"] }""");
        Assert.Equal(0, _sosia.Run("embed", _sosia.Photos, "--model", "resnet-18", "--out", _sosia["theirs.npy"]).Code);
        string[] command =
        [
            "eval",
            "experiments",
            _sosia.Photos,
            "--models",
            $"face,resnet-18,untrained,theirs={_sosia["theirs.npy"]}",
            "--people",
            _sosia["people.json"],
            "--work",
            _sosia["work"],
            "--html",
            _sosia["report.html"],
            "--json",
        ];
        var ran = _sosia.Run(command);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal((27, 7, 6), (Number(ran.Json, "images"), Number(ran.Json, "people"), Number(ran.Json, "peopleWithTwoOrMore")));
        Assert.Equal((12, 26), (Number(ran.Json, "greyedQueries"), Number(ran.Json, "lookedAtQueries")));
        Assert.Contains("on race is not measured", Text(ran.Json, "notMeasured"), StringComparison.Ordinal);
        var models = ran.Json.GetProperty("models").EnumerateArray().ToArray();
        Assert.Equal(["face", "resnet-18", "untrained", "theirs"], models.Select(model => Text(model, "name")));
        Assert.Equal([512, 512, 107648, 512], models.Select(model => Number(model, "dimensions")));
        Assert.Equal([1, 3, 3, 3], models.Select(model => model.GetProperty("metrics").GetArrayLength()));
        foreach (var model in models)
        foreach (var by in model.GetProperty("metrics").EnumerateArray())
            CheckMetric(by);

        // The face network finds everybody, and looks at the face only. Where features are all there is, nothing can be asked again.
        var face = models[0].GetProperty("metrics")[0];
        Assert.Equal((1.0, 1.0), (Share(face.GetProperty("sixImage"), "recallAt20"), Share(face.GetProperty("retrieval"), "rank1")));
        Assert.Equal([5, 3], face.GetProperty("people").EnumerateArray().Select(person => Number(person, "found")));
        Assert.Equal(26, Number(face.GetProperty("hubness"), "queries")); // one image has no face, and asks nobody
        Assert.Equal([5, 15, 15, 0], models.Select(model => model.GetProperty("greyedOut").GetArrayLength()));
        Assert.True(Stay(models[0], "face") < 0.2 && Stay(models[0], "allButFace") > 0.8, models[0].GetProperty("greyedOut").GetRawText());
        // the same features, made by `embed`
        Assert.Equal(models[1].GetProperty("metrics").GetRawText(), models[3].GetProperty("metrics").GetRawText());

        var page = File.ReadAllText(_sosia["report.html"]);
        Assert.Equal(4, Regex.Count(page, "<svg"));
        Assert.Equal(8, Regex.Count(page, "<div class=\"grid\">"));
        Assert.Equal(Regex.Count(page, "<figure>"), Regex.Count(page, "<figcaption>[^<]"));
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"\"", page, StringComparison.Ordinal);

        // Features, products and figures are kept: nothing is made again but what is gone, and the figures are the same, whatever else is
        // compared.
        var kept = Directory
            .GetFiles(_sosia["work"], "*.npy", SearchOption.AllDirectories)
            .ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.Equal(2 + 4 + 3, kept.Count); // features of two, products of four, differences of three
        Assert.Equal(4, Directory.GetFiles(_sosia["work"], "measures.json", SearchOption.AllDirectories).Length);
        File.Delete(
            Directory
                .GetFiles(_sosia["work"], "measures.json", SearchOption.AllDirectories)
                .First(file => file.Contains("face-", StringComparison.Ordinal))
        );
        command[4] = $"face,theirs={_sosia["theirs.npy"]}";
        var again = _sosia.Run(command).Json.GetProperty("models");
        Assert.Equal([models[0].GetRawText(), models[3].GetRawText()], again.EnumerateArray().Select(model => model.GetRawText()));
        Assert.All(kept, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));

        Put("people.txt", "person 2\n\nperson 6\n");
        var plain = _sosia.Run(
            "eval",
            "experiments",
            _sosia.Photos,
            "--models",
            "face",
            "--people",
            _sosia["people.txt"],
            "--work",
            _sosia["work"]
        );
        Assert.Equal((0, ""), (plain.Code, plain.Error));
        foreach (
            var line in new[]
            {
                "six-image recall@20 100.0 %",
                "neighbours alike in brightness",
                "of the neighbours stay without face",
                "relative contrast",
                "is not measured",
                "two photos of one person get different genders in",
            }
        )
            Assert.Contains(line, plain.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_students_ten_people_the_face_finds_all_and_a_network_that_a_user_brings_some()
    {
        var (people, lfw) = (SharedFiles.Find("seed/people.json"), SharedFiles.Lfw());
        string[] names =
        [
            .. JsonDocument
                .Parse(File.ReadAllText(people))
                .RootElement.GetProperty("queryPeople")
                .EnumerateArray()
                .Select(name => name.GetString()!),
        ];
        for (var person = 0; person < names.Length; person++)
        for (var image = 1; image <= (person < 3 ? 6 : 2); image++)
            _sosia.Put(
                $"{names[person]}/{image}.jpg",
                File.ReadAllBytes(Path.Combine(lfw, names[person], $"{names[person]}_000{image}.jpg"))
            );
        var network = SharedFiles.Find("models/efficientnet-lite0.onnx");
        Put(
            "brought.json",
            $$"""
            { "name": "lite0", "makes": "image-embedding", "file": "brought.onnx", "licence": "Apache-2.0", "origin": "Google", "trainingData": "ImageNet",
              "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(network)))}}",
              "input": { "name": "input", "width": 224, "height": 224, "fit": "stretch", "interpolation": "bicubic", "layout": "nchw", "channels": "rgb", "mean": [127], "scale": [0.0078125] },
              "output": { "name": "embedding", "dimensions": 1280 } }
            """
        );
        File.Copy(network, _sosia["brought.onnx"]);
        var ran = _sosia.Run(
            "eval",
            "experiments",
            _sosia.Photos,
            "--models",
            $"face,{_sosia["brought.onnx"]}",
            "--people",
            people,
            "--dtype",
            "float16",
            "--work",
            _sosia["work"],
            "--json"
        );
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var (face, brought) = (ran.Json.GetProperty("models")[0], ran.Json.GetProperty("models")[1]);
        Assert.Equal("brought", Text(brought, "name"));
        var (found, some) = (face.GetProperty("metrics")[0], brought.GetProperty("metrics")[1]);
        Assert.Equal((18, 32), (Number(some.GetProperty("sixImage"), "queries"), Number(some.GetProperty("retrieval"), "queries")));
        Assert.InRange(Share(found.GetProperty("retrieval"), "map"), 0.95, 1);
        Assert.InRange(Share(some.GetProperty("retrieval"), "map"), 0.1, 0.9);
        Assert.Equal(names, found.GetProperty("people").EnumerateArray().Select(person => Text(person, "person")));
        Assert.InRange(Stay(face, "face"), 0, Stay(brought, "face") - 0.1);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_sentence_before_anything_is_computed()
    {
        PutPeople();
        Refused("There is no model 'nobodys'", "--models", "face,nobodys");
        Refused("makes face embeddings, and image embeddings are needed", "--models", "face-512");
        Refused("Two models would both be called 'face'", "--models", "face,face");
        Refused("'Nobody' has no folder here", "--models", "face", "--people", Put("people.txt", "person 1\nNobody\n"));
        Refused("has no list \"queryPeople\" of names", "--models", "face", "--people", Put("people.json", """{ "people": [] }"""));
        Refused("names nobody", "--models", "face", "--people", Put("empty.json", """{ "queryPeople": [] }"""));
        Refused("has no list \"queryPeople\" of names", "--models", "face", "--people", Put("broken.json", """{ "queryPeople": """));
        Refused("There is no file", "--models", "face", "--people", _sosia["none.json"]);
        Refused("There is no file", "--models", _sosia["none.npy"]);
        Refused("text.onnx is not an ONNX model", "--models", Put("text.onnx", "hello"));

        // Features of another folder, in another order, or none that say of what they are.
        Assert.Equal(
            0,
            _sosia.Ask("embed", Path.Combine(_sosia.Photos, "person 1"), "--model", "resnet-18", "--out", _sosia["features.npy"]).Code
        );
        Refused(
            "row 0 should be of person 0/0.jpg, and is of 0.jpg; write it anew with `sosia embed`.",
            "--models",
            _sosia["features.npy"]
        );
        Assert.Equal(0, _sosia.Ask("embed", _sosia.Photos, "--model", "resnet-18", "--out", _sosia["features.npy"]).Code);
        var rows = File.ReadAllBytes(_sosia["features.npy"]);
        File.WriteAllBytes(_sosia["features.npy"], rows[..^100]);
        Refused("features.npy", "--models", _sosia["features.npy"]);
        File.WriteAllBytes(
            _sosia["features.npy"],
            [
                .. System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(rows[..128]).Replace("(27,", "(26,")),
                .. rows[128..^2048],
            ]
        );
        Refused("holds 26 rows, and features.json beside it names 27 files", "--models", _sosia["features.npy"]);
        File.Delete(_sosia["features.json"]);
        Refused("has no features.json beside it that says which image each row is of", "--models", _sosia["features.npy"]);
        Assert.False(Directory.Exists(_sosia["work"]));

        Directory.CreateDirectory(_sosia["loners/one"]);
        File.Copy(Portraits.Sample(1), _sosia["loners/one/a.jpg"]);
        var loners = _sosia.Ask("eval", "experiments", _sosia["loners"], "--models", "face");
        Assert.Equal((2, ""), (loners.Code, loners.Out));
        Assert.Contains("Nobody in this folder has two images or more", loners.Sentence, StringComparison.Ordinal);
    }

    private void Refused(string sentence, params string[] options)
    {
        var ran = _sosia.Ask([
            "eval",
            "experiments",
            _sosia.Photos,
            "--work",
            _sosia["work"],
            "--html",
            _sosia["report.html"],
            "--json",
            .. options,
        ]);
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains(sentence, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("should not", ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_sosia["report.html"]));
    }

    private static void CheckMetric(JsonElement by)
    {
        Assert.Equal((12, 26), (Number(by.GetProperty("sixImage"), "queries"), Number(by.GetProperty("retrieval"), "queries")));
        foreach (var name in new[] { "recallAt20", "allFive", "top1", "map" })
            Assert.InRange(Share(by.GetProperty("sixImage"), name), 0, 1);
        foreach (var name in new[] { "map", "rank1", "rPrecision" })
            Assert.InRange(Share(by.GetProperty("retrieval"), name), 0, 1);
        foreach (var name in new[] { "hubness", "sixImageHubness" })
        {
            var hubs = by.GetProperty(name);
            Assert.Equal(20, Number(hubs, "k"));
            Assert.Equal(8, hubs.GetProperty("hubs").GetArrayLength());
            Assert.Equal(Number(hubs, "maxOccurrence"), Number(hubs.GetProperty("hubs")[0], "count"));
            Assert.True(Share(hubs, "withAnyOfFour") >= Share(hubs, "withAllFour"));
        }
        Assert.True(Share(by.GetProperty("contrast"), "relative") >= 1);
        Assert.Equal(
            ["backgroundColour", "brightness", "facePosition", "gender", "age"],
            by.GetProperty("agreement").EnumerateArray().Select(of => Text(of, "trait"))
        );
        foreach (var of in by.GetProperty("agreement").EnumerateArray())
            Assert.InRange(Share(of, "chance"), 0.09, Text(of, "trait") == "gender" ? 1 : 0.2);
        Assert.InRange(Share(by, "commonNeighbours"), 0.3, 1); // 20 of 26 others
        Assert.Equal(["person 4", "person 1"], by.GetProperty("people").EnumerateArray().Select(of => Text(of, "person")));
        Assert.All(by.GetProperty("people").EnumerateArray(), of => Assert.Equal(20, of.GetProperty("files").GetArrayLength()));
    }

    /// <summary>Two people with six images, four with fewer, and one of whom no face is seen.</summary>
    private void PutPeople()
    {
        int[] images = [4, 4, 3, 3, 6, 6];
        for (var person = 0; person < images.Length; person++)
        for (var image = 0; image < images[person]; image++)
        {
            using var plain = Image.NewFromBuffer(Portraits.Around(person));
            using var changed = (plain.Resize(1 - 0.06 * image) * (1 - 0.05 * image)).Cast(Enums.BandFormat.Uchar);
            _sosia.Put($"person {person}/{image}.jpg", changed.JpegsaveBuffer(q: 90));
        }
        _sosia.Put("person 6/0.png", Portraits.WithoutFace());
    }

    private string Put(string name, string text)
    {
        File.WriteAllText(_sosia[name], text);
        return _sosia[name];
    }

    private static double Stay(JsonElement model, string region) =>
        Share(model.GetProperty("greyedOut").EnumerateArray().First(greyed => Text(greyed, "region") == region), "stay");

    private static int Number(JsonElement of, string name) => of.GetProperty(name).GetInt32();

    private static double Share(JsonElement of, string name) => of.GetProperty(name).GetDouble();

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
