using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Models;
using Sosia.Evaluation.Lfw;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed class ModelLoaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-loader-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("ReduceMax", new[] { 1, 2, 3 }, 0, 1, "gives 1 for one picture, and 1 × … was expected")] // a number a picture
    [InlineData("ReduceMax", null, 0, 1, "gives a single number for one picture, and 1 × … was expected")]
    [InlineData("ReduceMax", new[] { 0 }, 0, 48, "gives 3 × 4 × 4 for one picture, and 1 × … was expected")]
    [InlineData("ReduceMax", new[] { 2, 3 }, 0, 512, "Expected 512 dimensions, got 3")]
    [InlineData("Shape", null, null, 4, "has an output 'output' of Int64, and Sosia runs networks on 32-bit floats")]
    public void A_network_that_gives_no_row_of_numbers_is_refused_before_it_is_needed(
        string kind,
        int[]? axes,
        int? keep,
        int dimensions,
        string sentence
    )
    {
        var graph = new GraphProto
        {
            Name = "test",
            Input = { Value("input", TensorProto.Types.DataType.Float, [1, 3, 4, 4]) },
            Output = { Value("output", kind == "Shape" ? TensorProto.Types.DataType.Int64 : TensorProto.Types.DataType.Float, null) },
        };
        var node = keep is { } dims
            ? OnnxBuilder.Node(kind, ["input"], "output", ("keepdims", dims))
            : OnnxBuilder.Node(kind, ["input"], "output");
        if (axes is not null)
            node.Attribute.Add(
                new AttributeProto
                {
                    Name = "axes",
                    Type = AttributeProto.Types.AttributeType.Ints,
                    Ints = { axes.Select(axis => (long)axis) },
                }
            );
        graph.Node.Add(node);
        var path = Put(
            "network.onnx",
            new ModelProto
            {
                IrVersion = 8,
                OpsetImport =
                {
                    new OperatorSetIdProto { Domain = "", Version = 13 },
                },
                Graph = graph,
            }.ToByteArray()
        );
        File.WriteAllBytes(
            Path.ChangeExtension(path, ".json"),
            JsonSerializer.SerializeToUtf8Bytes(Entry(path, dimensions), ModelManifest.Json)
        );

        var refused = Assert.Throws<ModelException>(() => Loader().Check(ModelSpec.ParseAll(path)[0]));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains("The model 'network'", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("correct its manifest entry or give the file that belongs to it.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_without_a_manifest_entry_must_be_a_baseline()
    {
        var baseline = Put("baseline.onnx", UntrainedBaseline.Make(3).ToByteArray());
        Loader().Check(ModelSpec.ParseAll(baseline)[0]);

        var other = UntrainedBaseline.Make(3);
        other.Graph.Input[0].Name = "pictures";
        other.Graph.Node[0].Input[0] = "pictures";
        Assert.Contains(
            "is no baseline network ('images' n × side × side × 3 in, 'features' out), so nobody knows how pictures are prepared for "
                + "it; put its manifest entry beside it as other.json, or register it with `sosia models add`.",
            Assert.Throws<ModelException>(() => Loader().Check(ModelSpec.ParseAll(Put("other.onnx", other.ToByteArray()))[0])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ModelException>(() => Loader().Check(ModelSpec.ParseAll(Path.Combine(_directory, "none.onnx"))[0]));
    }

    private ModelLoader Loader() =>
        new(
            new LabelledFolder(_directory, [], []),
            new ModelStore(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(Path.Combine(_directory, "user"))),
            new ExperimentOptions { Models = "", Work = Path.Combine(_directory, "work") }
        );

    private string Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(_directory, name), bytes);
        return Path.Combine(_directory, name);
    }

    private static ModelEntry Entry(string path, int dimensions) =>
        new()
        {
            Name = "network",
            Makes = ModelKind.ImageEmbedding,
            File = "network.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))),
            Licence = "MIT",
            Origin = "made by a test",
            TrainingData = "none",
            Input = new ModelInput
            {
                Name = "input",
                Width = 4,
                Height = 4,
                Fit = InputFit.Stretch,
                Interpolation = Interpolation.Area,
                Layout = TensorLayout.Nchw,
                Channels = ChannelOrder.Rgb,
                Mean = [0],
                Scale = [1],
            },
            Output = new ModelOutput { Name = "output", Dimensions = dimensions },
        };

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, int[]? shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (shape is not null)
            tensor.Shape = new TensorShapeProto
            {
                Dim = { shape.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }) },
            };
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }
}
