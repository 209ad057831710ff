using System.Runtime.InteropServices;
using Google.Protobuf;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>Makes and reads the parts of a graph.</summary>
internal static class OnnxBuilder
{
    /// <summary>A node of the standard's own operators, with whole numbers as attributes.</summary>
    /// <param name="operation">The operator, as the standard names it.</param>
    /// <param name="inputs">Names of tensors.</param>
    /// <param name="output">The tensor that it makes; also the node's name.</param>
    /// <param name="attributes">Settings, by name.</param>
    public static NodeProto Node(string operation, IEnumerable<string> inputs, string output, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(
            attributes.Select(a => new AttributeProto
            {
                Name = a.Name,
                Type = AttributeProto.Types.AttributeType.Int,
                I = a.Value,
            })
        );
        return node;
    }

    /// <summary>A constant of 32-bit floats.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="values">In row-major order.</param>
    /// <param name="shape">Its dimensions; their product is the number of values.</param>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public static TensorProto Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        foreach (var side in shape)
            tensor.Dims.Add(side);
        if (Count(tensor) != values.Length)
            throw new ArgumentException($"Expected {Count(tensor)} floats for {name}, got {values.Length}.", nameof(values));
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        return tensor;
    }

    /// <summary>
    /// The values of a constant of 32-bit floats; null when it holds another type or another number of values than its shape says.
    /// </summary>
    public static float[]? Floats(TensorProto tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.DataType != (int)TensorProto.Types.DataType.Float)
            return null;
        var values = tensor.HasRawData
            ? tensor.RawData.Length % sizeof(float) == 0
                ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray()
                : []
            : [.. tensor.FloatData];
        return values.Length == Count(tensor) ? values : null;
    }

    /// <summary>Removes constants that no node reads and that are no output.</summary>
    public static void DropUnusedConstants(GraphProto graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        // A graph inside a node may read any name of the outer graph: then everything stays.
        if (graph.Node.Any(n => n.Attribute.Any(a => a.G is not null || a.Graphs.Count > 0)))
            return;
        var used = graph.Node.SelectMany(n => n.Input).Concat(graph.Output.Select(o => o.Name)).ToHashSet(StringComparer.Ordinal);
        var unused = graph.Initializer.Where(t => !used.Contains(t.Name)).ToList();
        foreach (var tensor in unused)
        {
            graph.Initializer.Remove(tensor);
            // Files of IR version 3 list their constants among the inputs too.
            if (graph.Input.FirstOrDefault(i => i.Name == tensor.Name) is { } input)
                graph.Input.Remove(input);
        }
    }

    private static long Count(TensorProto tensor) => tensor.Dims.Aggregate(1L, (product, side) => product * side);
}
