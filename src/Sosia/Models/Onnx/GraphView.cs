using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>Who makes and who reads each tensor of a graph, as it was when the view was made.</summary>
internal sealed class GraphView
{
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly Dictionary<string, NodeProto> _producers;
    private readonly ILookup<string, NodeProto> _consumers;
    private readonly HashSet<string> _outputs;

    public GraphView(GraphProto graph)
    {
        _constants = graph
            .Initializer.GroupBy(t => t.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _producers = graph
            .Node.SelectMany(n => n.Output.Select(o => (o, n)))
            .GroupBy(p => p.o, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First().n, StringComparer.Ordinal);
        _consumers = graph.Node.SelectMany(n => n.Input.Select(i => (i, n))).ToLookup(p => p.i, p => p.n, StringComparer.Ordinal);
        _outputs = graph.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        HasInnerGraphs = graph.Node.Any(n => n.Attribute.Any(a => a.G is not null || a.Graphs.Count > 0));
    }

    /// <summary>Whether a node holds a graph, which may read any tensor of this one.</summary>
    public bool HasInnerGraphs { get; }

    public TensorProto? Constant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>The node that makes a tensor; null for inputs and constants.</summary>
    public NodeProto? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    /// <summary>The node that reads a tensor when nothing else does, neither as the graph's output nor from an inner graph.</summary>
    public NodeProto? OnlyConsumer(string tensor) =>
        !HasInnerGraphs && !_outputs.Contains(tensor) && _consumers[tensor].Count() == 1 ? _consumers[tensor].First() : null;
}
