using System.Security.Cryptography;
using Google.Protobuf;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests;

/// <summary>Networks small enough to read, that ONNX Runtime really runs.</summary>
internal static class TinyModel
{
    public const int Side = 8;
    public const int Dimensions = 4;
    private const int Float = (int)TensorProto.Types.DataType.Float;

    /// <summary>Conv, PRelu, mean over positions: n × 3 × 8 × 8 → n × 4.</summary>
    /// <param name="slopes">Of the PRelu: one, or one a channel.</param>
    /// <param name="batch">What the graph fixes; 0 for any number.</param>
    /// <param name="pooled">Without: n × 4 × 8 × 8 comes out.</param>
    public static ModelProto Embedding(float[]? slopes = null, int batch = 0, bool pooled = true)
    {
        slopes ??= [0.25f, -0.5f, 0.9f, 0];
        var graph = new GraphProto { Name = "tiny" };
        graph.Input.Add(Value("input", batch, 3, Side, Side));
        graph.Output.Add(pooled ? Value("output", batch, Dimensions) : Value("output", batch, Dimensions, Side, Side));
        graph.Initializer.Add(OnnxBuilder.Constant("weights", Noise(Dimensions * 3 * 9, 1), Dimensions, 3, 3, 3));
        graph.Initializer.Add(OnnxBuilder.Constant("bias", Noise(Dimensions, 2), Dimensions));
        graph.Initializer.Add(OnnxBuilder.Constant("slopes", slopes, slopes.Length, 1, 1));
        var conv = OnnxBuilder.Node("Conv", ["input", "weights", "bias"], "conv");
        conv.Attribute.Add(
            new AttributeProto
            {
                Name = "pads",
                Type = AttributeProto.Types.AttributeType.Ints,
                Ints = { 1, 1, 1, 1 },
            }
        );
        graph.Node.Add(conv);
        graph.Node.Add(OnnxBuilder.Node("PRelu", ["conv", "slopes"], pooled ? "bent" : "output"));
        if (pooled)
        {
            graph.Node.Add(OnnxBuilder.Node("GlobalAveragePool", ["bent"], "mean"));
            graph.Node.Add(OnnxBuilder.Node("Flatten", ["mean"], "output", ("axis", 1)));
        }
        return Model(graph);
    }

    public static ModelProto Model(GraphProto graph) =>
        new()
        {
            IrVersion = 8,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 13 },
            },
            Graph = graph,
        };

    /// <summary>The name, type and shape of an input or output; 0 stands for any number.</summary>
    public static ValueInfoProto Value(string name, params int[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = Float, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(
            shape.Select(s =>
                s > 0 ? new TensorShapeProto.Types.Dimension { DimValue = s } : new TensorShapeProto.Types.Dimension { DimParam = "n" }
            )
        );
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }

    /// <summary>The entry that fits <see cref="Embedding"/>.</summary>
    public static ModelEntry Entry(ModelProto model, ModelKind makes = ModelKind.FaceEmbedding, string name = "tiny") =>
        new()
        {
            Name = name,
            Makes = makes,
            File = "tiny.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(model.ToByteArray())),
            Licence = "MIT",
            Origin = "made by a test",
            TrainingData = "none",
            Input = new ModelInput
            {
                Name = "input",
                Width = Side,
                Height = Side,
                Fit = makes == ModelKind.FaceEmbedding ? InputFit.Align : InputFit.Stretch,
                Interpolation = Interpolation.Bilinear,
                Layout = TensorLayout.Nchw,
                Channels = ChannelOrder.Bgr,
                Mean = [127.5f],
                Scale = [1 / 128f],
                Template =
                    makes == ModelKind.FaceEmbedding
                        ?
                        [
                            [2, 3],
                            [5, 3],
                            [4, 4],
                            [2, 6],
                            [5, 6],
                        ]
                        : null,
            },
            Output = new ModelOutput { Name = "output", Dimensions = Dimensions },
        };

    public static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    /// <summary>What a network gives for an input.</summary>
    public static float[] Run(ModelProto model, ModelEntry entry, float[] input)
    {
        using var session = OnnxSession.Load(model.ToByteArray(), entry);
        var output = new float[session.FloatsOf(0)];
        session.Run(input, 1, output);
        return output;
    }
}
