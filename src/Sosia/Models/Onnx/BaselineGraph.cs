using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>Weights of one block of the student project's network: a 3×3 convolution without padding, ReLU, max-pool 2×2.</summary>
/// <param name="Filters">Filters × channels × 3 × 3.</param>
/// <param name="Biases">One a filter.</param>
internal readonly record struct BaselineBlock(float[] Filters, float[] Biases);

/// <summary>
/// The part of the student project's network that makes features, as a graph: bytes as floats 0–255, n × side × side × 3, in;
/// n × rows × columns × filters out, which read in order is Keras's Flatten.
/// </summary>
internal static class BaselineGraph
{
    /// <summary>The input's name.</summary>
    public const string Input = "images";

    /// <summary>The output's name.</summary>
    public const string Output = "features";

    /// <summary>Makes the graph.</summary>
    /// <param name="side">Of the square pictures.</param>
    /// <param name="blocks">First to last.</param>
    /// <param name="producer">The program that made the weights.</param>
    public static ModelProto Make(int side, IReadOnlyList<BaselineBlock> blocks, string producer)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var graph = new GraphProto { Name = "baseline", Input = { Value(Input, side, side, 3) } };
        graph.Node.Add(Transpose(Input, "channels-first", 0, 3, 1, 2));
        var (from, channels, pooledSide) = ("channels-first", 3, side);
        for (var i = 0; i < blocks.Count; i++)
        {
            var filters = blocks[i].Biases.Length;
            string weights = $"filters{i + 1}",
                bias = $"biases{i + 1}",
                convolved = $"conv{i + 1}",
                pooled = $"pool{i + 1}",
                to = $"relu{i + 1}";
            graph.Initializer.Add(OnnxBuilder.Constant(weights, blocks[i].Filters, filters, channels, 3, 3));
            graph.Initializer.Add(OnnxBuilder.Constant(bias, blocks[i].Biases, filters));
            graph.Node.Add(OnnxBuilder.Node("Conv", [from, weights, bias], convolved));
            graph.Node.Add(OnnxBuilder.Node("Relu", [convolved], to));
            var pool = OnnxBuilder.Node("MaxPool", [to], pooled);
            pool.Attribute.Add(Numbers("kernel_shape", 2, 2));
            pool.Attribute.Add(Numbers("strides", 2, 2));
            graph.Node.Add(pool);
            (from, channels, pooledSide) = (pooled, filters, (pooledSide - 2) / 2);
        }
        graph.Node.Add(Transpose(from, Output, 0, 2, 3, 1));
        graph.Output.Add(Value(Output, pooledSide, pooledSide, channels));
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = producer,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 17 },
            },
            Graph = graph,
        };
    }

    private static NodeProto Transpose(string from, string to, params long[] order)
    {
        var node = OnnxBuilder.Node("Transpose", [from], to);
        node.Attribute.Add(Numbers("perm", order));
        return node;
    }

    private static AttributeProto Numbers(string name, params long[] values) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Ints,
            Ints = { values },
        };

    internal static ValueInfoProto Value(string name, params ReadOnlySpan<long> shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "n" });
        foreach (var side in shape)
            tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = side });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }
}
