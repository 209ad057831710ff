using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Training.Network;

namespace Sosia.Training.Files;

/// <summary>
/// The part of the network that makes features, as an ONNX file: bytes as floats 0–255, n × side × side × 3, in; n × rows × columns × filters out,
/// which read in order is Keras's Flatten.
/// </summary>
internal static class BaselineOnnx
{
    public const string Input = "images";
    public const string Output = "features";

    /// <exception cref="ModelException">The directory can't be written.</exception>
    public static void Write(TrainingOptions options, Parameters parameters, string path)
    {
        var blocks = options.Blocks();
        var graph = new GraphProto { Name = "baseline" };
        graph.Input.Add(Value(Input, options.Side, options.Side, 3));
        graph.Output.Add(Value(Output, blocks[^1].PooledSide, blocks[^1].PooledSide, blocks[^1].Filters));
        graph.Node.Add(Transpose(Input, "channels-first", 0, 3, 1, 2));
        var from = "channels-first";
        for (var i = 0; i < blocks.Count; i++)
        {
            var (filters, biases) = parameters.Blocks[i];
            string weights = $"filters{i + 1}", bias = $"biases{i + 1}", convolved = $"conv{i + 1}", pooled = $"pool{i + 1}", to = $"relu{i + 1}";
            using var order = filters.Value.permute(0, 3, 1, 2).contiguous().cpu();
            using var flat = biases.Value.cpu();
            graph.Initializer.Add(OnnxBuilder.Constant(weights, order.data<float>().ToArray(), blocks[i].Filters, blocks[i].Channels, 3, 3));
            graph.Initializer.Add(OnnxBuilder.Constant(bias, flat.data<float>().ToArray(), blocks[i].Filters));
            graph.Node.Add(OnnxBuilder.Node("Conv", [from, weights, bias], convolved));
            graph.Node.Add(OnnxBuilder.Node("Relu", [convolved], to));
            var pool = OnnxBuilder.Node("MaxPool", [to], pooled);
            pool.Attribute.Add(Numbers("kernel_shape", 2, 2));
            pool.Attribute.Add(Numbers("strides", 2, 2));
            graph.Node.Add(pool);
            from = pooled;
        }
        graph.Node.Add(Transpose(from, Output, 0, 2, 3, 1));
        OnnxModel.Save(new ModelProto { IrVersion = 8, ProducerName = "sosia-train", OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } }, Graph = graph }, path);
    }

    private static NodeProto Transpose(string from, string to, params long[] order)
    {
        var node = OnnxBuilder.Node("Transpose", [from], to);
        node.Attribute.Add(Numbers("perm", order));
        return node;
    }

    private static AttributeProto Numbers(string name, params long[] values) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    private static ValueInfoProto Value(string name, params ReadOnlySpan<long> shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "n" });
        foreach (var side in shape) tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = side });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
