using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>
/// ONNX Runtime's PRelu kernel is slow and breaks the blocked layout that its convolutions run in. With one slope a channel,
/// PRelu(x) = a·x + (1 − a)·Relu(x): a Relu and 1 × 1 depthwise convolutions, whose Add the runtime folds into the last of them.
/// </summary>
/// <remarks>
/// Where no other node reads the x of a convolution and every a is below 1, it is made to give z = (1 − a)·x, since then
/// PRelu(x) = a/(1 − a)·z + Relu(z) needs one depthwise convolution less: a Relu of a positive multiple is the multiple of the Relu.
/// </remarks>
internal static class PReluRewrite
{
    /// <summary>Above this, 1 − a has lost too many digits to divide by.</summary>
    private const float MaxFoldedSlope = 1 - 1f / 1024;

    /// <summary>Replaces every PRelu that has one slope a channel of a four-dimensional tensor; others are left.</summary>
    /// <returns>How many were replaced.</returns>
    public static int Apply(GraphProto graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var view = new GraphView(graph);
        var nodes = new List<NodeProto>(graph.Node.Count * 3);
        var replaced = 0;
        foreach (var node in graph.Node)
        {
            if (node is { OpType: "PRelu", Domain.Length: 0, Input.Count: 2, Output.Count: 1 } && Slopes(node, view) is { } slopes)
            {
                nodes.AddRange(Replace(graph, node, slopes, view));
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
    private static float[]? Slopes(NodeProto node, GraphView view)
    {
        if (view.Constant(node.Input[1]) is not { } slope || Channels(node.Input[0], view) is not { } channels)
            return null;
        if (OnnxBuilder.Floats(slope) is not { } values || !values.All(float.IsFinite))
            return null;
        var perChannel = slope.Dims.Count is 3 or 4 && slope.Dims[^3] == channels && values.Length == channels;
        return perChannel ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)]
            : null;
    }

    /// <summary>
    /// Channels of a tensor that a two-dimensional convolution made, perhaps with a batch normalisation after it; null for all others.
    /// </summary>
    private static int? Channels(string tensor, GraphView view)
    {
        var node = view.Producer(tensor);
        if (node is { OpType: "BatchNormalization", Domain.Length: 0, Input.Count: > 0 })
            node = view.Producer(node.Input[0]);
        return node is { OpType: "Conv", Domain.Length: 0, Input.Count: >= 2 } && view.Constant(node.Input[1]) is { Dims.Count: 4 } weights
            ? (int)weights.Dims[0]
            : null;
    }

    private static NodeProto[] Replace(GraphProto graph, NodeProto node, float[] slopes, GraphView view)
    {
        var (x, y) = (node.Input[0], node.Output[0]);
        var (bent, sloped, rested) = (y + "/prelu/relu", y + "/prelu/slope", y + "/prelu/rest");
        var relu = OnnxBuilder.Node("Relu", [x], bent);
        float[] rest = [.. slopes.Select(a => 1 - a)];
        if (slopes.Max() <= MaxFoldedSlope && view.OnlyConsumer(x) == node && TryScaleConvolution(graph, x, rest, view))
        {
            float[] ratio = [.. slopes.Zip(rest, (a, r) => a / r)];
            return [relu, Scale(graph, x, ratio, sloped), Sum(node, sloped, bent)];
        }
        return [relu, Scale(graph, x, slopes, sloped), Scale(graph, bent, rest, rested), Sum(node, sloped, rested)];
    }

    /// <summary>The Add that takes the place, the name and the output of a PRelu.</summary>
    private static NodeProto Sum(NodeProto replaced, string a, string b) =>
        new()
        {
            OpType = "Add",
            Name = replaced.Name,
            Input = { a, b },
            Output = { replaced.Output[0] },
        };

    /// <summary>
    /// Multiplies the weights and biases of the convolution that makes a tensor, in new constants: others may share the old.
    /// </summary>
    /// <returns>False when another node makes it, or the weights are no plain constants.</returns>
    private static bool TryScaleConvolution(GraphProto graph, string x, float[] factors, GraphView view)
    {
        if (view.Producer(x) is not { OpType: "Conv" } conv)
            return false;
        var constants = conv.Input.Skip(1).Select(view.Constant).ToList();
        if (constants.Any(c => c is null || c.Dims.Count == 0 || c.Dims[0] != factors.Length || OnnxBuilder.Floats(c) is null))
            return false;
        for (var i = 0; i < constants.Count; i++)
        {
            var values = OnnxBuilder.Floats(constants[i]!)!;
            var perChannel = values.Length / factors.Length;
            for (var v = 0; v < values.Length; v++)
                values[v] *= factors[v / perChannel];
            conv.Input[i + 1] = $"{x}/prelu/{(i == 0 ? "weights" : "bias")}";
            graph.Initializer.Add(OnnxBuilder.Constant(conv.Input[i + 1], values, [.. constants[i]!.Dims]));
        }
        return true;
    }

    /// <summary>
    /// Multiplies every channel by its factor: a convolution, since the runtime keeps that in its blocked layout and not a Mul.
    /// </summary>
    private static NodeProto Scale(GraphProto graph, string x, float[] factors, string y)
    {
        graph.Initializer.Add(OnnxBuilder.Constant(y + "/w", factors, factors.Length, 1, 1, 1));
        return OnnxBuilder.Node("Conv", [x, y + "/w"], y, ("group", factors.Length));
    }
}
