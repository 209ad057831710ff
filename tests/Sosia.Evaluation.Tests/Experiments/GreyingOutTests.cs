using System.Security.Cryptography;
using Google.Protobuf;
using NetVips;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;
using Sosia.Evaluation.Experiments.Models;
using Sosia.Evaluation.Features;
using Sosia.Evaluation.Lfw;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;
using Region = Sosia.Evaluation.Experiments.Matching.Region;

namespace Sosia.Evaluation.Tests.Experiments;

/// <summary>Networks that look at one part of a picture only, so that it is known what must stay.</summary>
public sealed class GreyingOutTests : IDisposable
{
    private const int Side = 32;
    private const int Count = 80;
    private static readonly Box Face = new(8, 8, 16, 16);
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-grey-").FullName;

    public GreyingOutTests()
    {
        for (var i = 0; i < Count; i++)
        {
            Directory.CreateDirectory(Path.Combine(_directory, "photos", $"person {i / 2:00}"));
            using var image = Image.NewFromMemory(RegionTests.Noise(4, 4, i).Pixels.ToArray(), 4, 4, 3, Enums.BandFormat.Uchar);
            using var large = image.Zoom(Side / 4, Side / 4);
            large.Pngsave(Path.Combine(_directory, "photos", $"person {i / 2:00}", $"{i:00}.png"));
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_network_that_sees_the_face_keeps_all_without_the_rest_and_loses_them_without_the_face()
    {
        var greyed = Measure(new Patch(Top: 1, Left: 1, Height: 2, Width: 2)); // of 4 × 4
        Assert.Equal(Enum.GetValues<Region>().Length * 3, greyed.Count);
        foreach (var of in greyed)
        {
            if (of.Region == Region.Face)
                Assert.InRange(of.Stay, 0, 0.6);
            else
                Assert.Equal(1, of.Stay);
            Assert.Equal(0, of.WithoutRow);
        }
        Assert.Equal(0.25, greyed.First(of => of.Region == Region.Face).Pixels, 1e-12);
        Assert.Equal(0.75, greyed.First(of => of.Region == Region.AllButFace).Pixels, 1e-12);
    }

    [Fact]
    public void A_network_that_sees_what_is_below_the_face_keeps_all_without_the_face()
    {
        foreach (var of in Measure(new Patch(Top: 3, Left: 1, Height: 1, Width: 2)))
        {
            if (of.Region is Region.Torso or Region.AllButFace)
                Assert.InRange(of.Stay, 0, 0.6);
            else
                Assert.Equal(1, of.Stay);
        }
    }

    private IReadOnlyList<GreyedOut> Measure(Patch patch)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = LabelledFolder.Read(Path.Combine(_directory, "photos"));
        var store = new ModelStore(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(Path.Combine(_directory, "user")));
        var bytes = patch.Network().ToByteArray();
        store.Add(bytes, patch.Entry(Convert.ToHexStringLower(SHA256.HashData(bytes))));
        var network = new FeatureExtraction(store, "patch", new FeatureOptions());
        var path = Path.Combine(_directory, "features.npy");
        network.Run(folder.Root, folder.Files, path, cancellation: cancellation);
        using var model = new ImageModel("patch", "patch", path, network);
        using var tables = Tables.Open(
            model,
            new ModelLoader(folder, store, new ExperimentOptions { Models = "patch", Work = _directory }),
            _ => { },
            null,
            cancellation
        );
        var metrics = model
            .Metrics.Select(metric => (metric, Scores: tables.Scores(metric)))
            .Select(by => (by.metric, by.Scores, Neighbourhoods.Find(by.Scores)))
            .ToArray();
        return new GreyingOut(folder.Files, [.. folder.Files.Select(_ => (Box?)Face)], [.. Enumerable.Range(0, 30)]).Measure(
            model,
            metrics,
            cancellation
        );
    }

    /// <summary>The network whose row is some cells of the picture, brought to 4 × 4.</summary>
    private sealed record Patch(int Top, int Left, int Height, int Width)
    {
        public ModelProto Network()
        {
            var graph = new GraphProto
            {
                Name = "patch",
                Input = { Value("input", 4, 4) },
                Output = { Value("output", Height, Width) },
            };
            graph.Initializer.Add(Integers("starts", Top, Left));
            graph.Initializer.Add(Integers("ends", Top + Height, Left + Width));
            graph.Initializer.Add(Integers("axes", 2, 3));
            graph.Node.Add(OnnxBuilder.Node("Slice", ["input", "starts", "ends", "axes"], "output"));
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

        public ModelEntry Entry(string sha256) =>
            new()
            {
                Name = "patch",
                Makes = ModelKind.ImageEmbedding,
                File = "patch.onnx",
                Sha256 = sha256,
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
                    Mean = [127],
                    Scale = [0.01f],
                },
                Output = new ModelOutput { Name = "output", Dimensions = 3 * Height * Width },
            };

        private static TensorProto Integers(string name, params long[] values) =>
            new()
            {
                Name = name,
                DataType = (int)TensorProto.Types.DataType.Int64,
                Dims = { values.Length },
                Int64Data = { values },
            };

        private static ValueInfoProto Value(string name, int height, int width)
        {
            var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
            tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "n" });
            tensor.Shape.Dim.AddRange(new[] { 3, height, width }.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }));
            return new ValueInfoProto
            {
                Name = name,
                Type = new TypeProto { TensorType = tensor },
            };
        }
    }
}
