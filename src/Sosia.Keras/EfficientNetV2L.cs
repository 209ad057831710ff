using Sosia.Keras.Layers;

namespace Sosia.Keras;

/// <summary>
/// EfficientNetV2-L without its classifier, as Keras has it: Tan, Le, "EfficientNetV2: Smaller Models and Faster Training" (2021).
/// </summary>
internal static class EfficientNetV2L
{
    /// <summary>A row of the paper's table 4, as the authors' code has it for L.</summary>
    /// <param name="Fused">Fused-MBConv, else MBConv with squeeze-excitation.</param>
    /// <param name="Expansion">Channels inside a block, against those that go in.</param>
    /// <param name="Stride">Of the first block.</param>
    /// <param name="Channels">That come out.</param>
    /// <param name="Blocks">How many.</param>
    private sealed record Stage(bool Fused, int Expansion, int Stride, int Channels, int Blocks);

    private static readonly Stage[] Stages =
    [
        new(Fused: true, Expansion: 1, Stride: 1, Channels: 32, Blocks: 4),
        new(Fused: true, Expansion: 4, Stride: 2, Channels: 64, Blocks: 7),
        new(Fused: true, Expansion: 4, Stride: 2, Channels: 96, Blocks: 7),
        new(Fused: false, Expansion: 4, Stride: 2, Channels: 192, Blocks: 10),
        new(Fused: false, Expansion: 6, Stride: 1, Channels: 224, Blocks: 19),
        new(Fused: false, Expansion: 6, Stride: 2, Channels: 384, Blocks: 25),
        new(Fused: false, Expansion: 6, Stride: 1, Channels: 640, Blocks: 7),
    ];

    /// <summary>Squeeze-excitation keeps a quarter of the channels that go into its block.</summary>
    private const int Squeeze = 4;

    /// <summary>250 × 250 × 3 bytes as they are → 8 × 8 × 1280; the network brings bytes to [−1, 1) itself.</summary>
    public static Layer Build(Layer picture)
    {
        Layer x = Silu(Conv(new Rescaling(picture, 1 / 128f, -1), "stem_conv", "stem_bn", 32, 3, stride: 2));
        for (var s = 0; s < Stages.Length; s++)
        for (var b = 0; b < Stages[s].Blocks; b++)
            x = Block(x, Stages[s], $"block{s + 1}{(char)('a' + b)}_", first: b == 0);
        return Silu(Conv(x, "top_conv", "top_bn", 1280, 1));
    }

    private static Layer Block(Layer x, Stage stage, string name, bool first)
    {
        var stride = first ? stage.Stride : 1;
        Layer made = stage.Fused ? FusedMbConv(x, stage, name, stride) : MbConv(x, stage, name, stride);
        return stride == 1 && x.Output.Channels == stage.Channels ? new Add(made, x) : made;
    }

    /// <summary>Figure 2, right: one 3×3 convolution expands; without expansion it is the only one.</summary>
    private static Layer FusedMbConv(Layer x, Stage stage, string name, int stride)
    {
        if (stage.Expansion == 1)
            return Silu(Conv(x, $"{name}project_conv", $"{name}project_bn", stage.Channels, 3, stride));
        var expanded = Silu(Conv(x, $"{name}expand_conv", $"{name}expand_bn", x.Output.Channels * stage.Expansion, 3, stride));
        return Conv(expanded, $"{name}project_conv", $"{name}project_bn", stage.Channels, 1);
    }

    /// <summary>Figure 2, left: 1×1 expands, 3×3 depthwise, squeeze-excitation, 1×1 projects.</summary>
    private static BatchNormalization MbConv(Layer x, Stage stage, string name, int stride)
    {
        var expanded = Silu(Conv(x, $"{name}expand_conv", $"{name}expand_bn", x.Output.Channels * stage.Expansion, 1));
        var window = new Window(3, 3, stride, Same: true);
        var filtered = new Convolution(expanded, $"{name}dwconv2", expanded.Output.Channels, window, new(Depthwise: true));
        var bent = Silu(new BatchNormalization(filtered, $"{name}bn", scale: true));
        return Conv(SqueezeExcite(bent, name, x.Output.Channels / Squeeze), $"{name}project_conv", $"{name}project_bn", stage.Channels, 1);
    }

    /// <summary>Every channel is weighted by what the means of all channels say.</summary>
    private static Multiply SqueezeExcite(Layer x, string name, int squeezed)
    {
        var point = new Window(1, 1, 1, Same: true);
        var reduced = new Convolution(new GlobalAverage(x), $"{name}se_reduce", squeezed, point, new(Bias: true));
        var expanded = new Convolution(Silu(reduced), $"{name}se_expand", x.Output.Channels, point, new(Bias: true));
        return new Multiply(x, new Activation(expanded, Bend.Sigmoid));
    }

    private static BatchNormalization Conv(Layer x, string name, string normalisation, int filters, int side, int stride = 1) =>
        new(new Convolution(x, name, filters, new Window(side, side, stride, Same: true), default), normalisation, scale: true);

    private static Activation Silu(Layer x) => new(x, Bend.Silu);
}
