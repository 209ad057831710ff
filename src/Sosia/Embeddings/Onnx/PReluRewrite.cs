using Sosia.Embeddings.Onnx.Schema;

namespace Sosia.Embeddings.Onnx;

/// <summary>
/// ONNX Runtime's PRelu kernel is slow and breaks the blocked layout that its convolutions run in. With one slope a channel,
/// PRelu(x) = a·x + (1 − a)·Relu(x): two 1 × 1 depthwise convolutions, a Relu and an Add (which the runtime folds into the second convolution).
/// </summary>
public static class PReluRewrite
{
    /// <summary>Replaces every PRelu that has one slope a channel of a four-dimensional tensor; others are left.</summary>
    /// <returns>How many were replaced.</returns>
    public static int Apply(GraphProto graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var constants = graph.Initializer.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var producers = graph.Node.SelectMany(n => n.Output.Select(o => (o, n))).ToDictionary(p => p.o, p => p.n, StringComparer.Ordinal);
        var nodes = new List<NodeProto>(graph.Node.Count * 3);
        var replaced = 0;
        foreach (var node in graph.Node)
        {
            if (node.OpType == "PRelu" && node.Domain.Length == 0 && Slopes(node, constants, producers) is { } slopes)
            {
                nodes.AddRange(Replace(graph, node, slopes));
                replaced++;
            }
            else
            {
                nodes.Add(node);
            }
        }
        if (replaced == 0)
            return 0;
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        OnnxBuilder.DropUnusedConstants(graph);
        return replaced;
    }

    /// <returns>One slope a channel; null when the node is not of that form.</returns>
    private static float[]? Slopes(NodeProto node, Dictionary<string, TensorProto> constants, Dictionary<string, NodeProto> producers)
    {
        if (!constants.TryGetValue(node.Input[1], out var slope) || Channels(node.Input[0], constants, producers) is not { } channels)
            return null;
        if (OnnxBuilder.Floats(slope) is not { } values || !values.All(float.IsFinite))
            return null;
        var perChannel = slope.Dims.Count is 3 or 4 && slope.Dims[^3] == channels && values.Length == channels;
        return perChannel ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)]
            : null;
    }

    /// <summary>Channels of a tensor that a two-dimensional convolution made, perhaps with a batch normalisation after it; null for all others.</summary>
    private static int? Channels(string tensor, Dictionary<string, TensorProto> constants, Dictionary<string, NodeProto> producers)
    {
        var node = producers.GetValueOrDefault(tensor);
        if (node is { OpType: "BatchNormalization", Domain.Length: 0 })
            node = producers.GetValueOrDefault(node.Input[0]);
        return node is { OpType: "Conv", Domain.Length: 0 } && constants.TryGetValue(node.Input[1], out var weights) && weights.Dims.Count == 4
            ? (int)weights.Dims[0]
            : null;
    }

    private static IEnumerable<NodeProto> Replace(GraphProto graph, NodeProto node, float[] slopes)
    {
        var (x, y) = (node.Input[0], node.Output[0]);
        return
        [
            OnnxBuilder.Node("Relu", [x], y + "/relu"),
            Scale(graph, x, slopes, y + "/slope"),
            Scale(graph, y + "/relu", [.. slopes.Select(a => 1 - a)], y + "/rest"),
            OnnxBuilder.Node("Add", [y + "/slope", y + "/rest"], y),
        ];
    }

    /// <summary>Multiplies every channel by its factor: a convolution, since the runtime keeps that in its blocked layout and not a Mul.</summary>
    private static NodeProto Scale(GraphProto graph, string x, float[] factors, string y)
    {
        graph.Initializer.Add(OnnxBuilder.Constant(y + "/w", factors, factors.Length, 1, 1, 1));
        return OnnxBuilder.Node("Conv", [x, y + "/w"], y, ("group", factors.Length));
    }
}
