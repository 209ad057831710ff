namespace Sosia.Keras.Layers;

/// <summary>How a window moves over the positions, and what stands outside.</summary>
/// <param name="Rows">Rows of the window.</param>
/// <param name="Columns">Columns of the window.</param>
/// <param name="Stride">Positions it moves at a time, both ways.</param>
/// <param name="Same">TensorFlow's "same": as many positions come out as went in, divided by the stride and rounded up; else the window
/// stays inside.</param>
public readonly record struct Window(int Rows, int Columns, int Stride, bool Same)
{
    /// <summary>Positions that come out.</summary>
    public (int Rows, int Columns) Over(Shape input) => (Count(input.Rows, Rows), Count(input.Columns, Columns));

    /// <summary>Positions put before and after: top, left, bottom, right. The odd one goes after.</summary>
    public long[] Padding(Shape input)
    {
        var (down, across) = (Missing(input.Rows, Rows), Missing(input.Columns, Columns));
        return [down / 2, across / 2, down - down / 2, across - across / 2];
    }

    private int Count(int positions, int window) => Same ? (positions + Stride - 1) / Stride : (positions - window) / Stride + 1;

    private int Missing(int positions, int window) => Same ? Math.Max((Count(positions, window) - 1) * Stride + window - positions, 0) : 0;
}

/// <summary>A convolution: every filter sees all channels, or, depthwise, one.</summary>
public sealed class Convolution : Layer
{
    internal Convolution(Layer input, string? name, int filters, Window window, ConvolutionOptions options)
        : base(name, new Shape(window.Over(input.Output).Rows, window.Over(input.Output).Columns, filters), input)
    {
        (Window, Depthwise) = (window, options.Depthwise);
        var channels = input.Output.Channels;
        // Depthwise kernels are rows × columns × channels × 1 in Keras.
        List<WeightShape> weights =
        [
            options.Depthwise
                ? new("kernel", window.Rows, window.Columns, channels, 1)
                : new("kernel", window.Rows, window.Columns, channels, filters),
        ];
        if (options.Bias)
            weights.Add(new("bias", filters));
        Weights = weights;
    }

    /// <summary>How it moves.</summary>
    public Window Window { get; }

    /// <summary>Whether each channel has one filter of its own.</summary>
    public bool Depthwise { get; }

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias => Weights.Count > 1;

    /// <inheritdoc/>
    public override string Kind => Depthwise ? "depthwise_conv2d" : "conv2d";

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> Weights { get; }
}

/// <summary>What is seldom said of a convolution.</summary>
/// <param name="Bias">Adds a bias.</param>
/// <param name="Depthwise">One filter a channel.</param>
public readonly record struct ConvolutionOptions(bool Bias = false, bool Depthwise = false);

/// <summary>The largest or the mean value in a window; the mean leaves out what stands outside.</summary>
public sealed class Pooling : Layer
{
    internal Pooling(Layer input, Window window, bool mean)
        : base(null, new Shape(window.Over(input.Output).Rows, window.Over(input.Output).Columns, input.Output.Channels), input) =>
        (Window, Mean) = (window, mean);

    /// <summary>How it moves.</summary>
    public Window Window { get; }

    /// <summary>The mean, else the largest.</summary>
    public bool Mean { get; }

    /// <inheritdoc/>
    public override string Kind => Mean ? "average_pooling2d" : "max_pooling2d";
}
