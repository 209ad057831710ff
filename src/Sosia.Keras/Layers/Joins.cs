namespace Sosia.Keras.Layers;

/// <summary>The mean of each channel over all positions.</summary>
public sealed class GlobalAverage(Layer input) : Layer(null, new Shape(1, 1, input.Output.Channels), input)
{
    /// <inheritdoc/>
    public override string Kind => "global_average_pooling2d";
}

/// <summary>Channels of several layers, one after the other.</summary>
public sealed class Concatenate(params Layer[] inputs)
    : Layer(null, inputs[0].Output with { Channels = inputs.Sum(i => i.Output.Channels) }, inputs)
{
    /// <inheritdoc/>
    public override string Kind => "concatenate";
}

/// <summary>first + scale × second.</summary>
public sealed class ScaledAdd(Layer first, Layer second, float scale) : Layer(null, first.Output, first, second)
{
    /// <summary>What the second is multiplied by.</summary>
    public float Scale { get; } = scale;

    /// <inheritdoc/>
    public override string Kind => "custom_scale_layer";
}

/// <summary>Every value of the row is a weighted sum of all channels, without bias.</summary>
public sealed class Dense(Layer input, string name, int units) : Layer(name, new Shape(1, 1, units), input)
{
    /// <inheritdoc/>
    public override string Kind => "dense";

    /// <inheritdoc/>
    public override bool IsRow => true;

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> Weights { get; } = [new WeightShape("kernel", input.Output.Channels, units)];
}

/// <summary>first + second.</summary>
public sealed class Add(Layer first, Layer second) : Layer(null, first.Output, first, second)
{
    /// <inheritdoc/>
    public override string Kind => "add";
}

/// <summary>first × second, the second one value a channel.</summary>
public sealed class Multiply(Layer first, Layer second) : Layer(null, first.Output, first, second)
{
    /// <inheritdoc/>
    public override string Kind => "multiply";
}
