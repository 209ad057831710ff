using Sosia.Keras.Layers;
using Sosia.Keras.Weights;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Keras;

/// <summary>
/// Writes a network as an ONNX graph: pictures and features as Keras has them (row, column, channel), in between channels first, which ONNX
/// Runtime turns into blocks of channels. Normalisation, and the scale of a residual, go into the convolution before them.
/// </summary>
internal sealed class OnnxWriter
{
    public const string InputName = "pictures";
    public const string OutputName = "features";

    private readonly IWeights _weights;
    private readonly GraphProto _graph = new() { Name = "keras" };
    private readonly Dictionary<Layer, string> _tensors = [];
    private readonly ILookup<Layer, Layer> _readers;

    private OnnxWriter(IWeights weights, IReadOnlyList<Layer> layers) =>
        (_weights, _readers) = (
            weights,
            layers.SelectMany(l => l.Inputs.Select(i => (Input: i, Reader: l))).ToLookup(p => p.Input, p => p.Reader)
        );

    /// <summary>Makes the model, its weights read from the file as they are needed.</summary>
    public static ModelProto Write(Layer output, IWeights weights, CancellationToken cancellation)
    {
        var layers = KerasOrder.Of(output);
        var writer = new OnnxWriter(weights, layers);
        foreach (var layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            writer._tensors[layer] = writer.Add(layer);
        }
        writer.AddOutput(output);
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = "sosia",
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 17 },
            },
            Graph = writer._graph,
        };
    }

    private string Add(Layer layer) =>
        layer switch
        {
            Picture => AddPicture(layer),
            Rescaling r => Node(
                "Add",
                [Node("Mul", [Input(layer), Scalar("rescale", r.Scale)], New("mul")), Scalar("offset", r.Offset)],
                New("add")
            ),
            Convolution c => AddConvolution(c),
            BatchNormalization b when b.Inputs[0] is Convolution => Input(b),
            BatchNormalization b => AddNormalization(b),
            Dense d => AddDense(d),
            Activation { Bend: Bend.Silu } => Node("Mul", [Input(layer), Node("Sigmoid", [Input(layer)], New("sigmoid"))], New("silu")),
            Activation a => Node(a.Bend == Bend.Relu ? "Relu" : "Sigmoid", [Input(layer)], New("bent")),
            Pooling p => Node(p.Mean ? "AveragePool" : "MaxPool", [Input(p)], New("pool"), Moves(p.Window, p.Inputs[0].Output)),
            GlobalAverage => Node("GlobalAveragePool", [Input(layer)], New("mean")),
            Concatenate => Node("Concat", Inputs(layer), New("concat"), ("axis", 1)),
            ScaledAdd or Layers.Add => Node("Add", Inputs(layer), New("add")),
            Multiply => Node("Mul", Inputs(layer), New("mul")),
            _ => throw new ArgumentException($"A layer {layer.Kind} can't stand here.", nameof(layer)),
        };

    private void AddOutput(Layer output)
    {
        if (output.IsRow)
        {
            Node("Identity", [_tensors[output]], OutputName);
            _graph.Output.Add(Value(OutputName, output.Output.Channels));
            return;
        }
        Node("Transpose", [_tensors[output]], OutputName, ("perm", [0, 2, 3, 1]));
        _graph.Output.Add(Value(OutputName, output.Output.Rows, output.Output.Columns, output.Output.Channels));
    }

    private string AddPicture(Layer picture)
    {
        _graph.Input.Add(Value(InputName, picture.Output.Rows, picture.Output.Columns, picture.Output.Channels));
        return Node("Transpose", [InputName], New("planes"), ("perm", [0, 3, 1, 2]));
    }

    private string AddConvolution(Convolution layer)
    {
        var (gain, shift) = Folded(layer);
        var kernel = _weights.Read(layer, "kernel")!;
        var name = New("conv");
        Bytes(
            $"{name}.kernel",
            OutputsFirst(kernel, layer, gain),
            layer.Output.Channels,
            layer.Depthwise ? 1 : layer.Inputs[0].Output.Channels,
            layer.Window.Rows,
            layer.Window.Columns
        );
        Bytes($"{name}.bias", shift, shift.Length);
        var node = Node("Conv", [Input(layer), $"{name}.kernel", $"{name}.bias"], name, Moves(layer.Window, layer.Inputs[0].Output));
        if (layer.Depthwise)
            _graph
                .Node[^1]
                .Attribute.Add(
                    new AttributeProto
                    {
                        Name = "group",
                        Type = AttributeProto.Types.AttributeType.Int,
                        I = layer.Output.Channels,
                    }
                );
        return node;
    }

    private string AddDense(Dense layer)
    {
        var name = New("dense");
        Bytes($"{name}.kernel", _weights.Read(layer, "kernel")!, layer.Weights[0].Shape[0], layer.Weights[0].Shape[1]);
        var row = Node("Flatten", [Input(layer)], New("row"));
        return Node("MatMul", [row, $"{name}.kernel"], name);
    }

    /// <summary>One that follows no convolution stays a step of its own.</summary>
    private string AddNormalization(BatchNormalization layer)
    {
        var name = New("normalised");
        var channels = layer.Output.Channels;
        var ones = new float[channels];
        Array.Fill(ones, 1);
        Bytes($"{name}.gamma", _weights.Read(layer, "gamma") ?? ones, channels);
        Bytes($"{name}.beta", _weights.Read(layer, "beta")!, channels);
        Bytes($"{name}.mean", _weights.Read(layer, "moving_mean")!, channels);
        Bytes($"{name}.variance", _weights.Read(layer, "moving_variance")!, channels);
        Node("BatchNormalization", [Input(layer), $"{name}.gamma", $"{name}.beta", $"{name}.mean", $"{name}.variance"], name);
        _graph
            .Node[^1]
            .Attribute.Add(
                new AttributeProto
                {
                    Name = "epsilon",
                    Type = AttributeProto.Types.AttributeType.Float,
                    F = (float)BatchNormalization.Epsilon,
                }
            );
        return name;
    }

    /// <summary>What each filter is multiplied by, and what is added, for all that follows the convolution and is linear.</summary>
    private (double[] Gain, float[] Shift) Folded(Convolution layer)
    {
        var gain = new double[layer.Output.Channels];
        var shift = Array.ConvertAll(_weights.Read(layer, "bias") ?? new float[gain.Length], v => (double)v);
        Array.Fill(gain, 1);
        var reader = _readers[layer].Single();
        if (reader is ScaledAdd scaled)
        {
            Array.Fill(gain, scaled.Scale);
            shift = [.. shift.Select(v => v * scaled.Scale)];
        }
        else if (reader is BatchNormalization)
        {
            var (gamma, beta) = (_weights.Read(reader, "gamma"), _weights.Read(reader, "beta")!);
            var (mean, variance) = (_weights.Read(reader, "moving_mean")!, _weights.Read(reader, "moving_variance")!);
            for (var c = 0; c < gain.Length; c++)
            {
                gain[c] = (gamma?[c] ?? 1) / Math.Sqrt(variance[c] + BatchNormalization.Epsilon);
                shift[c] = (shift[c] - mean[c]) * gain[c] + beta[c];
            }
        }
        return (gain, Array.ConvertAll(shift, v => (float)v));
    }

    /// <summary>Rows × columns × channels × filters → filters × channels × rows × columns, each filter times its gain.</summary>
    private static float[] OutputsFirst(float[] kernel, Convolution layer, double[] gain)
    {
        var (positions, filters) = (layer.Window.Rows * layer.Window.Columns, layer.Output.Channels);
        // Depthwise: rows × columns × channels × 1 → channels × 1 × rows × columns is the same walk with one channel.
        var channels = layer.Depthwise ? 1 : layer.Inputs[0].Output.Channels;
        var turned = new float[kernel.Length];
        for (var p = 0; p < positions; p++)
        for (var c = 0; c < channels; c++)
        {
            var line = kernel.AsSpan((p * channels + c) * filters, filters);
            for (var f = 0; f < filters; f++)
                turned[(f * channels + c) * positions + p] = (float)(line[f] * gain[f]);
        }
        return turned;
    }

    private static (string, long[])[] Moves(Window window, Shape input) =>
        [("kernel_shape", [window.Rows, window.Columns]), ("strides", [window.Stride, window.Stride]), ("pads", window.Padding(input))];

    private string Input(Layer layer) => _tensors[layer.Inputs[0]];

    private IEnumerable<string> Inputs(Layer layer) => layer.Inputs.Select(input => _tensors[input]);

    private string New(string what) => $"{what}{_graph.Node.Count}";

    private string Scalar(string name, float value)
    {
        Bytes(name, [value], 1);
        return name;
    }

    private string Node(string operation, IEnumerable<string> inputs, string output, params (string Name, long[] Values)[] lists)
    {
        var node = OnnxBuilder.Node(operation, inputs, output);
        node.Attribute.AddRange(
            lists.Select(l => new AttributeProto
            {
                Name = l.Name,
                Type = AttributeProto.Types.AttributeType.Ints,
                Ints = { l.Values },
            })
        );
        _graph.Node.Add(node);
        return output;
    }

    private string Node(string operation, IEnumerable<string> inputs, string output, (string Name, long Value) setting)
    {
        _graph.Node.Add(OnnxBuilder.Node(operation, inputs, output, setting));
        return output;
    }

    private void Bytes(string name, float[] values, params ReadOnlySpan<long> shape) =>
        _graph.Initializer.Add(OnnxBuilder.Constant(name, values, shape));

    private static ValueInfoProto Value(string name, params long[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "n" });
        tensor.Shape.Dim.AddRange(shape.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }
}
