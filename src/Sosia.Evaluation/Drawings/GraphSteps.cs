using System.Globalization;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Evaluation.Drawings;

/// <summary>A box of a drawing.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Shape">What comes out: rows × columns × channels, or values.</param>
/// <param name="Inputs">Where its inputs come from.</param>
/// <param name="Rank">Boxes above it, along the longest way.</param>
internal sealed record GraphStep(string Name, string Shape, IReadOnlyList<GraphStep> Inputs, int Rank);

/// <summary>
/// Reads the steps of a graph with what comes out of each: an activation is part of the step before it, and a change of layout is none.
/// </summary>
internal sealed class GraphSteps
{
    private readonly List<GraphStep> _steps = [];
    private readonly Dictionary<string, (GraphStep Step, int[] Shape)> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _constants;

    private GraphSteps(GraphProto graph) => _constants = graph.Initializer.ToDictionary(constant => constant.Name, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A step of another kind.</exception>
    public static IReadOnlyList<GraphStep> Of(GraphProto graph)
    {
        var steps = new GraphSteps(graph);
        var input = graph.Input[0];
        int[] shape = [.. input.Type.TensorType.Shape.Dim.Skip(1).Select(side => (int)side.DimValue)];
        steps.Add(input.Name, "input", shape, []);
        foreach (var node in graph.Node)
            steps.Add(node);
        return steps._steps;
    }

    private void Add(NodeProto node)
    {
        string[] inputs = [.. node.Input.Where(_tensors.ContainsKey)];
        var (source, shape) = _tensors[inputs[0]];
        switch (node.OpType)
        {
            case "Transpose" or "Identity":
                _tensors[node.Output[0]] = (source, shape);
                break;
            case "Relu" or "Sigmoid":
                Rename(inputs[0], node);
                break;
            case "Conv":
                var kernel = _constants[node.Input[1]].Dims;
                Add(
                    node,
                    $"Conv {kernel[2]} × {kernel[3]}",
                    [.. Moved(node, shape, (int)kernel[2], (int)kernel[3]), (int)kernel[0]],
                    inputs
                );
                break;
            case "MaxPool" or "AveragePool":
                var window = Numbers(node, "kernel_shape")!;
                Add(
                    node,
                    $"{(node.OpType == "MaxPool" ? "max" : "average")} pool {window[0]} × {window[1]}",
                    [.. Moved(node, shape, window[0], window[1]), shape[2]],
                    inputs
                );
                break;
            case "Concat":
                Add(node, "concatenate", [shape[0], shape[1], inputs.Sum(input => _tensors[input].Shape[2])], inputs);
                break;
            case "Add":
                Add(node, "add", shape, inputs);
                break;
            case "Flatten":
                Add(node, "flatten", [shape.Aggregate((product, side) => product * side)], inputs);
                break;
            case "Gemm":
                Add(node, "dense", [(int)_constants[node.Input[1]].Dims[0]], inputs);
                break;
            case "Softmax":
                Add(node, "softmax", shape, inputs);
                break;
            default:
                throw new ArgumentException($"A step '{node.OpType}' can't be drawn here.", nameof(node));
        }
    }

    private void Add(NodeProto node, string name, int[] shape, string[] inputs) =>
        Add(node.Output[0], name, shape, [.. inputs.Select(input => _tensors[input].Step)]);

    private void Add(string tensor, string name, int[] shape, IReadOnlyList<GraphStep> inputs)
    {
        var words = shape.Length == 1 ? $"{shape[0].ToString("N0", CultureInfo.InvariantCulture)} values" : string.Join(" × ", shape);
        var step = new GraphStep(name, words, inputs, inputs.Count == 0 ? 0 : inputs.Max(input => input.Rank) + 1);
        _steps.Add(step);
        _tensors[tensor] = (step, shape);
    }

    private void Rename(string input, NodeProto node)
    {
        var (step, shape) = _tensors[input];
        var renamed = step with { Name = $"{step.Name}, {(node.OpType == "Relu" ? "ReLU" : "sigmoid")}" };
        _steps[_steps.IndexOf(step)] = renamed;
        _tensors[node.Output[0]] = _tensors[input] = (renamed, shape);
    }

    /// <summary>Rows and columns after a window has moved over them.</summary>
    private static int[] Moved(NodeProto node, int[] shape, int rows, int columns)
    {
        var (strides, pads) = (Numbers(node, "strides") ?? [1, 1], Numbers(node, "pads") ?? [0, 0, 0, 0]);
        return [(shape[0] + pads[0] + pads[2] - rows) / strides[0] + 1, (shape[1] + pads[1] + pads[3] - columns) / strides[1] + 1];
    }

    private static int[]? Numbers(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name) is { } found
            ? [.. found.Ints.Select(value => (int)value)]
            : null;
}
