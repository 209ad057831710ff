using Microsoft.ML.OnnxRuntime;

namespace Sosia.Models;

/// <summary>Whether a graph has the inputs and outputs that its manifest entry states.</summary>
public sealed partial class OnnxSession
{
    /// <returns>Whether the graph takes any number of pictures at once.</returns>
    private bool CheckInput()
    {
        var inputs = _session.InputMetadata;
        if (inputs.Count != 1)
            throw Misfit($"has {inputs.Count} inputs ({string.Join(", ", inputs.Keys)}), and Sosia runs networks with one");
        if (!inputs.TryGetValue(_entry.Input.Name, out var input))
            throw Misfit($"has no input '{_entry.Input.Name}', but '{inputs.Keys.Single()}'");
        CheckType(input, "input");
        var expected = InputShape(_entry.Input);
        var got = input.Dimensions;
        if (got.Length != 4 || !got.Skip(1).Zip(expected).All(p => p.First < 0 || p.First == p.Second))
            throw Misfit($"takes {Text(got)}, and the manifest says n × {string.Join(" × ", expected)}");
        if (got[0] > 1)
            throw Misfit($"takes {got[0]} pictures at once, and one or any number is expected");
        return got[0] < 0;
    }

    /// <summary>Shape of an output for one picture, its open dimensions found by running once.</summary>
    private long[] OutputShape(string name)
    {
        if (!_session.OutputMetadata.TryGetValue(name, out var output))
            throw Misfit($"has no output '{name}', but {string.Join(", ", _session.OutputMetadata.Keys.Select(k => $"'{k}'"))}");
        CheckType(output, $"output '{name}'");
        long[] shape = [.. output.Dimensions.Select(d => (long)d)];
        if (shape.Length == 0 || shape.AsSpan(1).ContainsAnyInRange(long.MinValue, 0))
            shape = ShapeFromRun(name);
        if (shape.Length < 2 || shape[0] > 1)
            throw Misfit($"gives {(shape.Length == 0 ? "a single number" : Text(shape))} for one picture, and 1 × … was expected");
        shape[0] = 1;
        CheckDimensions(name, shape);
        return shape;
    }

    private long[] ShapeFromRun(string name)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(new float[InputFloats], [1, .. InputShape(_entry.Input)]);
        using var results = _session.Run(_run, _inputNames, [input], [name]);
        return results[0].GetTensorTypeAndShape().Shape;
    }

    private void CheckDimensions(string name, long[] shape)
    {
        if (_entry.Makes == ModelKind.FaceBoxes)
        {
            var (last, what) = name == _entry.Output.Scores ? (2, "scores") : (4, "corners");
            if (shape.Length != 3 || shape[^1] != last)
                throw Misfit($"gives {Text(shape)} as {what}, and n × boxes × {last} was expected");
            return;
        }
        var got = _entry.Output.Pooling == "average" ? shape[ChannelAxis(shape)] : Product(shape);
        if (got != _entry.Output.Dimensions)
            throw Misfit($"does not fit its manifest: Expected {_entry.Output.Dimensions} dimensions, got {got}");
    }

    private int ChannelAxis(long[] shape) => _entry.Input.Layout == TensorLayout.Nchw ? 1 : shape.Length - 1;

    private void CheckType(NodeMetadata node, string what)
    {
        if (
            node.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR
            || node.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float
        )
            throw Misfit(
                $"has an {what} of {(node.IsTensor ? node.ElementDataType : node.OnnxValueType)}, and Sosia runs networks on 32-bit floats"
            );
    }

    private ModelException Misfit(string what) =>
        new(ModelProblem.DoesNotFit, $"The model '{_entry.Name}' {what}; correct its manifest entry or give the file that belongs to it.");

    private static string Text<T>(IEnumerable<T> shape)
        where T : System.Numerics.INumber<T> => string.Join(" × ", shape.Select(d => d < T.Zero ? "n" : d.ToString()));
}
