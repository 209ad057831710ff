using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Features;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Tests.Features;

public sealed class FeatureExtractionTests : IDisposable
{
    private const int Side = 4;
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-features-").FullName;
    private readonly ModelStore _models;

    public FeatureExtractionTests()
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "samples");
        foreach (var (person, number) in new[] { ("Ann", 1), ("Ann", 2), ("Bo", 3) })
        {
            Directory.CreateDirectory(Path.Combine(Photos, person));
            File.Copy(Path.Combine(samples, $"sample{number}.jpg"), Path.Combine(Photos, person, $"{person}_{number}.jpg"));
        }
        _models = new ModelStore(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(Path.Combine(_directory, "user")));
        var bytes = Identity().ToByteArray();
        _models.Add(bytes, Entry(Convert.ToHexStringLower(SHA256.HashData(bytes))));
    }

    private string Photos => Path.Combine(_directory, "photos");
    private string Out => Path.Combine(_directory, "out", "features.npy");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Positions_are_flattened_row_column_channel_and_averages_are_their_means()
    {
        var all = Run(new FeatureOptions { Average = false }, out var header);
        Assert.Equal([3, Side * Side * 3], header.Shape.Select(side => (int)side));
        var mean = Run(new FeatureOptions { Average = true }, out _);
        for (var c = 0; c < 3; c++)
            Assert.Equal(Enumerable.Range(0, Side * Side).Average(p => all[p * 3 + c]), mean[c], 1e-4f);
    }

    [Fact]
    public void Raw_input_is_bytes_as_they_are()
    {
        var trained = Run(new FeatureOptions { Average = false }, out _);
        var raw = Run(new FeatureOptions { Average = false, RawInput = true }, out _);
        Assert.All(trained.Zip(raw), pair => Assert.Equal((pair.Second - 100) * 0.5f, pair.First, 1e-3f));
    }

    [Fact]
    public void Half_precision_rounds_the_same_features()
    {
        var floats = Run(new FeatureOptions { Average = false }, out _);
        Extract(new FeatureOptions { Average = false, HalfPrecision = true });
        Assert.Equal(floats.Select(v => (Half)v), NpyFile.Read<Half>(Out, out _));
    }

    [Fact]
    public void The_description_names_the_file_of_each_row_and_nothing_else_is_left()
    {
        Extract(new FeatureOptions { Average = false });
        Assert.Equal(
            ["features.json", "features.npy"],
            Directory.GetFiles(Path.GetDirectoryName(Out)!).Select(f => Path.GetFileName(f)!).Order()
        );
        var description = JsonSerializer.Deserialize<FeatureDescription>(
            File.ReadAllText(Path.ChangeExtension(Out, ".json")),
            ModelManifest.Json
        )!;
        Assert.Equal(["Ann/Ann_1.jpg", "Ann/Ann_2.jpg", "Bo/Bo_3.jpg"], description.Files);
        Assert.Equal("none", description.Pooling);
    }

    [Fact]
    public void Rows_that_an_earlier_run_left_for_other_settings_are_not_gone_on_with()
    {
        var expected = Run(new FeatureOptions { Average = false }, out _);
        using (var other = NpyWriter.Resume<float>(Out, Side * Side * 3))
            other.Append(new float[Side * Side * 3 * 2]);
        Assert.Equal(expected, Run(new FeatureOptions { Average = false }, out _));
    }

    private float[] Run(FeatureOptions options, out NpyHeader header)
    {
        Extract(options);
        return NpyFile.Read<float>(Out, out header);
    }

    private void Extract(FeatureOptions options)
    {
        using var extraction = new FeatureExtraction(_models, "identity", options);
        extraction.Run(Photos, RowOrder.ByPath(Photos), Out, cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>Gives its input back: n × 3 × 4 × 4.</summary>
    private static ModelProto Identity()
    {
        var graph = new GraphProto
        {
            Name = "identity",
            Input = { Value("input") },
            Output = { Value("output") },
        };
        graph.Node.Add(OnnxBuilder.Node("Identity", ["input"], "output"));
        return new ModelProto
        {
            IrVersion = 8,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 13 },
            },
            Graph = graph,
        };
    }

    private static ValueInfoProto Value(string name)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "n" });
        tensor.Shape.Dim.AddRange(new[] { 3, Side, Side }.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }

    private static ModelEntry Entry(string sha256) =>
        new()
        {
            Name = "identity",
            Makes = ModelKind.ImageEmbedding,
            File = "identity.onnx",
            Sha256 = sha256,
            Licence = "MIT",
            Origin = "made by a test",
            TrainingData = "none",
            Input = new ModelInput
            {
                Name = "input",
                Width = Side,
                Height = Side,
                Fit = InputFit.Stretch,
                Interpolation = Interpolation.Area,
                Layout = TensorLayout.Nchw,
                Channels = ChannelOrder.Rgb,
                Mean = [100],
                Scale = [0.5f],
            },
            Output = new ModelOutput { Name = "output", Dimensions = Side * Side * 3 },
        };
}
