using static TorchSharp.torch;

namespace Sosia.Training.Network;

/// <summary>A tensor that is learnt, with Adam's two moments. All three are contiguous floats of the same shape.</summary>
internal sealed class Parameter : IDisposable
{
    public Parameter(string name, ReadOnlySpan<long> shape, Device device)
    {
        Name = name;
        Shape = shape.ToArray();
        (Value, Mean, Square) = (Memory.Zeros(shape, device), Memory.Zeros(shape, device), Memory.Zeros(shape, device));
    }

    public string Name { get; }

    public IReadOnlyList<long> Shape { get; }

    public Tensor Value { get; }

    public Tensor Mean { get; }

    public Tensor Square { get; }

    public long Count => Value.numel();

    /// <summary>Glorot and Bengio 2010: uniform, as wide as the number of inputs and outputs asks.</summary>
    public void Glorot(long inputs, long outputs, Generator random)
    {
        var limit = Math.Sqrt(6.0 / (inputs + outputs));
        Value.uniform_(-limit, limit, random);
    }

    public void Dispose()
    {
        Value.Dispose();
        Mean.Dispose();
        Square.Dispose();
    }
}

/// <summary>
/// All that the network learns: for each block filters (filters × 3 × 3 × channels) and biases, and the dense layer (classes ×
/// features, and classes).
/// </summary>
internal sealed class Parameters : IDisposable
{
    /// <param name="options">The network's shape, and the seed of its first weights.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="device">Where they live.</param>
    public Parameters(TrainingOptions options, int classes, Device device)
    {
        using var random = new Generator((ulong)options.Seed, device);
        Blocks =
        [
            .. options
                .Blocks()
                .Select(
                    (shape, i) =>
                    {
                        var filters = new Parameter($"conv{i + 1}.filters", [shape.Filters, 3, 3, shape.Channels], device);
                        filters.Glorot(9L * shape.Channels, 9L * shape.Filters, random);
                        return (filters, new Parameter($"conv{i + 1}.biases", [shape.Filters], device));
                    }
                ),
        ];
        Dense = new Parameter("dense.weights", [classes, options.Features], device);
        Dense.Glorot(options.Features, classes, random);
        DenseBiases = new Parameter("dense.biases", [classes], device);
    }

    public IReadOnlyList<(Parameter Filters, Parameter Biases)> Blocks { get; }

    public Parameter Dense { get; }

    public Parameter DenseBiases { get; }

    public IEnumerable<Parameter> All => [.. Blocks.SelectMany(block => new[] { block.Filters, block.Biases }), Dense, DenseBiases];

    public void Dispose()
    {
        foreach (var parameter in All)
            parameter.Dispose();
    }
}
