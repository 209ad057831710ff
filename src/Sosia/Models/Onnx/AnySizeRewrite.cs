using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>
/// Frees the input size of a single-shot detector that was exported for one size. The network is fully convolutional; only its last steps,
/// which turn box deltas into corners, hold the prior boxes of that size as constants. They are cut off, and
/// <see cref="Faces.UltraLight.PriorBoxes"/> does them for any size.
/// </summary>
internal static class AnySizeRewrite
{
    private const string Height = "height",
        Width = "width";

    /// <summary>Changes the graph in place: the boxes output becomes the deltas of all heads, n × priors × 4.</summary>
    /// <param name="graph">A graph with one picture as its input, n × channels × height × width.</param>
    /// <param name="boxes">The output with corners.</param>
    /// <param name="scores">The output with scores, which stays.</param>
    /// <returns>False when the graph is not of that form; it is unchanged then.</returns>
    public static bool Apply(GraphProto graph, string boxes, string scores)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var view = new GraphView(graph);
        if (view.HasInnerGraphs || view.Producer(scores) is null || Heads(boxes, view) is not { } heads)
            return false;
        if (graph.Input.FirstOrDefault(input => view.Constant(input.Name) is null)?.Type?.TensorType?.Shape is not { Dim.Count: 4 } shape)
            return false;
        (shape.Dim[2], shape.Dim[3]) = (new() { DimParam = Height }, new() { DimParam = Width });

        graph.Node.Remove(view.Producer(boxes));
        heads.Output[0] = boxes;
        Prune(graph, [boxes, scores]);
        graph.ValueInfo.Clear(); // shapes of the former size
        foreach (var output in graph.Output)
            output.Type.TensorType.Shape.Dim[1] = new() { DimParam = "priors" };
        OnnxBuilder.DropUnusedConstants(graph);
        return true;
    }

    /// <summary>The last node upstream of the boxes that joins the reshaped outputs of all heads; null when there is none.</summary>
    private static NodeProto? Heads(string boxes, GraphView view)
    {
        var next = new Queue<string>([boxes]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (next.TryDequeue(out var tensor))
        {
            if (!seen.Add(tensor) || view.Producer(tensor) is not { } node)
                continue;
            if (node.OpType == "Concat" && node.Input.Count > 1 && node.Input.All(input => view.Producer(input)?.OpType == "Reshape"))
                return node;
            foreach (var input in node.Input)
                next.Enqueue(input);
        }
        return null;
    }

    /// <summary>Removes the nodes that none of the outputs needs.</summary>
    private static void Prune(GraphProto graph, IEnumerable<string> outputs)
    {
        var needed = outputs.ToHashSet(StringComparer.Ordinal);
        var kept = new List<NodeProto>();
        foreach (var node in graph.Node.Reverse()) // nodes come after those they read
        {
            if (!node.Output.Any(needed.Contains))
                continue;
            kept.Add(node);
            needed.UnionWith(node.Input);
        }
        kept.Reverse();
        graph.Node.Clear();
        graph.Node.AddRange(kept);
    }
}
