using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Embeddings;
using Sosia.Models;

namespace Sosia.Tests.Models;

public class ModelManifestTests
{
    [Fact]
    public void The_built_in_manifest_has_a_model_for_every_step_to_a_face()
    {
        var manifest = ModelManifest.Load(RealFiles.Models);

        Assert.NotNull(manifest);
        ModelKind[] steps = [ModelKind.FaceBoxes, ModelKind.FaceLandmarks, ModelKind.FaceEmbedding];
        ModelKind[] besides = [ModelKind.FaceTrait, ModelKind.FaceTrait, ModelKind.ImageEmbedding, ModelKind.ImageEmbedding];
        Assert.Equal([.. steps, .. besides], manifest.Models.Select(m => m.Makes));
        // the default: the baseline is for experiments
        Assert.Equal("resnet-18", manifest.Models.First(m => m.Makes == ModelKind.ImageEmbedding).Name);
    }

    [Fact]
    public void A_directory_without_manifest_has_none() => Assert.Null(ModelManifest.Load("/nonexistent"));

    [Fact]
    public void Any_manifest_that_is_written_reads_back_the_same() =>
        Prop.ForAll(
                Arb.From(Manifests),
                manifest =>
                {
                    var json = manifest.ToJson();
                    return ModelManifest.Parse(json, "models.json").ToJson() == json;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_read_back_names_the_same_spaces() =>
        Prop.ForAll(
                Arb.From(Manifests),
                manifest =>
                    ModelManifest
                        .Parse(manifest.ToJson(), "models.json")
                        .Models.Select(EmbedderKey.Of)
                        .SequenceEqual(manifest.Models.Select(EmbedderKey.Of))
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_manifest_cut_off_anywhere_is_refused()
    {
        var json = File.ReadAllText(Path.Combine(RealFiles.Models, ModelManifest.FileName)).TrimEnd();

        for (var length = 0; length < json.Length; length++)
            AssertRefused(json[..length]);
    }

    [Fact]
    public void A_manifest_with_any_one_character_changed_is_refused_or_read_but_never_breaks() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, 5000)),
                Arb.From(Gen.Choose(0, 127)),
                (at, character) =>
                {
                    var json = File.ReadAllText(Path.Combine(RealFiles.Models, ModelManifest.FileName)).ToCharArray();
                    json[at % json.Length] = (char)character;
                    try
                    {
                        ModelManifest.Parse(new string(json), "models.json");
                    }
                    catch (ModelException e)
                    {
                        Assert.Equal(ModelProblem.BadManifest, e.Problem);
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("name", "\"../up\"", "expected a name")]
    [InlineData("name", "\"\"", "expected a name")]
    [InlineData("name", "null", "name")]
    [InlineData("makes", "\"coffee\"", "makes")]
    [InlineData("makes", "3", "makes")]
    [InlineData("file", "\"../../etc/passwd\"", "a file beside the manifest")]
    [InlineData("file", "\"..\"", "a file beside the manifest")]
    [InlineData("file", "\"C:\\\\model.onnx\"", "a file beside the manifest")]
    [InlineData("calibration", "\"a/b.json\"", "calibration file beside the manifest")]
    [InlineData("sha256", "\"87AACDFE\"", "64 lower-case hex digits")]
    [InlineData("sha", "\"87aacdfe\"", "sha")]
    [InlineData("input.width", "0", "1 to 4096 pixels")]
    [InlineData("input.height", "1000000", "1 to 4096 pixels")]
    [InlineData("input.width", "113", "square")]
    [InlineData("input.width", "\"112\"", "width")]
    [InlineData("input.fit", "\"stretch\"", "aligned face")]
    [InlineData("input.mean", "[1, 2]", "expected 1 or 3 numbers as mean, got 2")]
    [InlineData("input.mean", "null", "mean")]
    [InlineData("input.mean", "[1e39]", "mean")]
    [InlineData("input.scale", "[]", "expected 1 or 3 numbers as scale, got 0")]
    [InlineData("input.scale", "[0]", "all pictures the same")]
    [InlineData("input.template", "null", "five points")]
    [InlineData("input.template", "[[1, 2], [1, 2], [1, 2], [1, 2], null]", "five points")]
    [InlineData("input.template", "[[1, 2], [1, 2], [1, 2], [1, 2], [1]]", "five points")]
    [InlineData("input.cropScale", "-1", "cropScale")]
    [InlineData("input.colour", "\"red\"", "colour")]
    [InlineData("output.dimensions", "0", "dimensions")]
    [InlineData("output.dimensions", "2000000", "dimensions")]
    [InlineData("output.pooling", "\"max\"", "pooling")]
    [InlineData("output.metric", "\"manhattan\"", "metric")]
    public void An_entry_that_makes_no_sense_is_refused_and_says_why(string field, string value, string reason)
    {
        var message = AssertRefused(With(field, value));

        Assert.StartsWith("models.json", message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void A_landmark_model_needs_five_points_within_its_own()
    {
        var entry = RealFiles.Model("landmarks-68").Entry;
        int[][] outside = [.. entry.Output.FivePoints![..4], [68]];

        Assert.Contains("fivePoints", AssertRefused(Json(entry with { Output = entry.Output with { FivePoints = outside } })));
        Assert.Contains("fivePoints", AssertRefused(Json(entry with { Output = entry.Output with { FivePoints = null } })));
    }

    [Fact]
    public void Two_models_of_one_name_are_refused()
    {
        var entry = RealFiles.Model("face-512").Entry;

        Assert.Contains("twice", AssertRefused(Json(entry, entry)));
    }

    [Fact]
    public void A_manifest_of_a_newer_version_is_refused_with_both_versions()
    {
        var message = AssertRefused("""{ "version": 2, "models": [] }""");

        Assert.Contains("version 2", message);
        Assert.Contains("version 1", message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "version": 1 }""")]
    [InlineData("""{ "version": 1, "models": null }""")]
    [InlineData("""{ "version": 1, "models": [null] }""")]
    [InlineData("""{ "version": 1, "models": [{}] }""")]
    public void What_is_no_manifest_is_refused(string json) => AssertRefused(json);

    private static Gen<ModelManifest> Manifests =>
        from entries in Gen.ListOf(Entries)
        select new ModelManifest
        {
            Version = ModelManifest.CurrentVersion,
            Models = [.. entries.Select((e, i) => e with { Name = $"model-{i}" })],
        };

    private static Gen<ModelEntry> Entries =>
        from makes in Gen.Elements(Enum.GetValues<ModelKind>())
        from channels in Gen.Elements(Enum.GetValues<ChannelOrder>())
        from layout in Gen.Elements(Enum.GetValues<TensorLayout>())
        from interpolation in Gen.Elements(Enum.GetValues<Interpolation>())
        from fit in Gen.Elements(InputFit.Stretch, InputFit.CentreCrop, InputFit.Pad)
        from side in Gen.Choose(1, 4096)
        from numbers in Gen.ArrayOf(Numbers, 16)
        from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from metric in Gen.Elements("cosine", "euclidean")
        select new ModelEntry
        {
            Name = "model",
            Makes = makes,
            File = "model.onnx",
            Sha256 = new string('a', 64),
            Licence = "MIT",
            Origin = text.Get,
            TrainingData = text.Get,
            Input = new ModelInput
            {
                Name = "input",
                Width = side,
                Height = side,
                Fit = makes == ModelKind.FaceEmbedding ? InputFit.Align : fit,
                Interpolation = interpolation,
                Layout = layout,
                Channels = channels,
                Mean = [numbers[0]],
                Scale = [numbers[1] == 0 ? 1 : numbers[1]],
                Template =
                    makes == ModelKind.FaceEmbedding
                        ? [.. Enumerable.Range(1, 5).Select(i => new[] { numbers[2 * i], numbers[2 * i + 1] })]
                        : null,
            },
            Output = new ModelOutput
            {
                Name = "output",
                Scores = makes == ModelKind.FaceBoxes ? "scores" : null,
                Dimensions = makes == ModelKind.FaceBoxes ? 0 : 136,
                FivePoints =
                    makes == ModelKind.FaceLandmarks
                        ?
                        [
                            [0],
                            [1, 2],
                            [3],
                            [4],
                            [67],
                        ]
                        : null,
                Metric = metric,
            },
        };

    private static Gen<float> Numbers => ArbMap.Default.GeneratorFor<float>().Where(float.IsFinite);

    private static string With(string field, string value)
    {
        var entry = RealFiles.Model("face-512").Entry;
        var json = JsonNode.Parse(Json(entry))!;
        var at = json["models"]![0]!;
        var path = field.Split('.');
        foreach (var part in path[..^1])
            at = at[part]!;
        at[path[^1]] = JsonNode.Parse(value);
        return json.ToJsonString();
    }

    private static string Json(params ModelEntry[] entries) =>
        JsonSerializer.Serialize(new ModelManifest { Version = 1, Models = entries }, ModelManifest.Json);

    private static string AssertRefused(string json)
    {
        var e = Assert.Throws<ModelException>(() => ModelManifest.Parse(json, "models.json"));
        Assert.Equal(ModelProblem.BadManifest, e.Problem);
        return e.Message;
    }
}
