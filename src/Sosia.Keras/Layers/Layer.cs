namespace Sosia.Keras.Layers;

/// <summary>What a layer gives for one picture.</summary>
/// <param name="Rows">Positions down.</param>
/// <param name="Columns">Positions across.</param>
/// <param name="Channels">Values a position.</param>
public readonly record struct Shape(int Rows, int Columns, int Channels);

/// <summary>One array of a layer, as its file must have it.</summary>
/// <param name="Name">Keras's word for it: kernel, bias, gamma, beta, moving_mean, moving_variance.</param>
/// <param name="Shape">In Keras's order of axes.</param>
public sealed record WeightShape(string Name, params int[] Shape)
{
    /// <summary>Floats in it.</summary>
    public int Count => Shape.Aggregate(1, (product, side) => checked(product * side));
}

/// <summary>A layer of a network, as Keras counts them: a convolution, its normalisation and its activation are three.</summary>
public abstract class Layer
{
    private protected Layer(string? name, Shape output, params Layer[] inputs) => (Name, Output, Inputs) = (name, output, inputs);

    /// <summary>Its name in the file; null where Keras numbers layers as they come (<c>conv2d_17</c>).</summary>
    public string? Name { get; }

    /// <summary>What comes out.</summary>
    public Shape Output { get; }

    /// <summary>Where its input comes from, in Keras's order.</summary>
    public IReadOnlyList<Layer> Inputs { get; }

    /// <summary>Whether it gives one row of values a picture, without positions: a dense layer, and what follows it.</summary>
    public virtual bool IsRow => Inputs.Count > 0 && Inputs[0].IsRow;

    /// <summary>The arrays it needs, in the file's order; none for most kinds.</summary>
    public virtual IReadOnlyList<WeightShape> Weights => [];

    /// <summary>How Keras begins the name of such a layer when it numbers them.</summary>
    public abstract string Kind { get; }
}

/// <summary>The picture.</summary>
public sealed class Picture(Shape shape) : Layer(null, shape)
{
    /// <inheritdoc/>
    public override string Kind => "input";
}

/// <summary>value × scale + offset.</summary>
public sealed class Rescaling(Layer input, float scale, float offset) : Layer(null, input.Output, input)
{
    /// <summary>Multiplied.</summary>
    public float Scale { get; } = scale;

    /// <summary>Added after that.</summary>
    public float Offset { get; } = offset;

    /// <inheritdoc/>
    public override string Kind => "rescaling";
}

/// <summary>Normalisation by the statistics of training: (x − moving_mean) / √(moving_variance + ε) × gamma + beta.</summary>
public sealed class BatchNormalization(Layer input, string? name, bool scale) : Layer(name, input.Output, input)
{
    /// <summary>What keeps the root from zero; all networks here use this one.</summary>
    public const double Epsilon = 0.001;

    /// <summary>Whether there is a gamma.</summary>
    public bool HasGamma { get; } = scale;

    /// <inheritdoc/>
    public override string Kind => "batch_normalization";

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> Weights { get; } =
    [
        .. scale ? [new WeightShape("gamma", input.Output.Channels)] : Array.Empty<WeightShape>(),
        new("beta", input.Output.Channels),
        new("moving_mean", input.Output.Channels),
        new("moving_variance", input.Output.Channels),
    ];
}

/// <summary>Bends each value on its own.</summary>
public enum Bend
{
    /// <summary>max(0, x)</summary>
    Relu,

    /// <summary>x · sigmoid(x)</summary>
    Silu,

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    Sigmoid,
}

/// <summary>An activation as a layer of its own.</summary>
public sealed class Activation(Layer input, Bend bend) : Layer(null, input.Output, input)
{
    /// <summary>Which.</summary>
    public Bend Bend { get; } = bend;

    /// <inheritdoc/>
    public override string Kind => "activation";
}
