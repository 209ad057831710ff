using Sosia.Keras.Layers;

namespace Sosia.Keras;

/// <summary>
/// Inception-ResNet-v2 without its classifier, as Keras has it: Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4, Inception-ResNet and the
/// Impact of Residual Connections on Learning" (2016), with the stem and the numbers of filters of the authors' later release.
/// </summary>
internal static class InceptionResNetV2
{
    /// <summary>250 × 250 × 3 → 6 × 6 × 1536.</summary>
    public static Layer Build(Layer picture)
    {
        Layer x = InceptionA(Stem(picture));
        for (var i = 1; i <= 10; i++)
            x = BlockA(x, i);
        x = ReductionA(x);
        for (var i = 1; i <= 20; i++)
            x = BlockB(x, i);
        x = ReductionB(x);
        for (var i = 1; i <= 9; i++)
            x = Relu(BlockC(x, i, scale: 0.2f));
        // The last one is neither scaled nor bent.
        x = BlockC(x, 10, scale: 1);
        return Conv(x, 1536, 1, named: "conv_7b");
    }

    private static Layer Stem(Layer x)
    {
        x = Conv(x, 32, 3, stride: 2, same: false);
        x = Conv(x, 32, 3, same: false);
        x = Conv(x, 64, 3);
        x = MaxPool(x);
        x = Conv(x, 80, 1, same: false);
        x = Conv(x, 192, 3, same: false);
        return MaxPool(x);
    }

    /// <summary>Keras's mixed_5b: an Inception-A block without residual, 28 × 28 × 320.</summary>
    private static Concatenate InceptionA(Layer x) =>
        new(
            Conv(x, 96, 1),
            Conv(Conv(x, 48, 1), 64, 5),
            Conv(Conv(Conv(x, 64, 1), 96, 3), 96, 3),
            Conv(new Pooling(x, new Window(3, 3, 1, Same: true), mean: true), 64, 1)
        );

    /// <summary>Figure 16, Inception-ResNet-A (block35).</summary>
    public static Activation BlockA(Layer x, int number) =>
        Relu(
            Residual(
                x,
                $"block35_{number}_conv",
                0.17f,
                Conv(x, 32, 1),
                Conv(Conv(x, 32, 1), 32, 3),
                Conv(Conv(Conv(x, 32, 1), 48, 3), 64, 3)
            )
        );

    /// <summary>Figure 7, Reduction-A (mixed_6a): 28 × 28 → 13 × 13 × 1088.</summary>
    private static Concatenate ReductionA(Layer x) =>
        new(Conv(x, 384, 3, stride: 2, same: false), Conv(Conv(Conv(x, 256, 1), 256, 3), 384, 3, stride: 2, same: false), MaxPool(x));

    /// <summary>Figure 17, Inception-ResNet-B (block17).</summary>
    private static Activation BlockB(Layer x, int number) =>
        Relu(Residual(x, $"block17_{number}_conv", 0.1f, Conv(x, 192, 1), Conv(Conv(Conv(x, 128, 1), 160, (1, 7)), 192, (7, 1))));

    /// <summary>Figure 18, Reduction-B (mixed_7a): 13 × 13 → 6 × 6 × 2080.</summary>
    private static Concatenate ReductionB(Layer x) =>
        new(
            Conv(Conv(x, 256, 1), 384, 3, stride: 2, same: false),
            Conv(Conv(x, 256, 1), 288, 3, stride: 2, same: false),
            Conv(Conv(Conv(x, 256, 1), 288, 3), 320, 3, stride: 2, same: false),
            MaxPool(x)
        );

    /// <summary>Figure 19, Inception-ResNet-C (block8).</summary>
    private static ScaledAdd BlockC(Layer x, int number, float scale) =>
        Residual(x, $"block8_{number}_conv", scale, Conv(x, 192, 1), Conv(Conv(Conv(x, 192, 1), 224, (1, 3)), 256, (3, 1)));

    /// <summary>Section 3.3: the branches, brought to the input's channels and scaled down, are added to the input.</summary>
    private static ScaledAdd Residual(Layer x, string name, float scale, params Layer[] branches)
    {
        var up = new Convolution(new Concatenate(branches), name, x.Output.Channels, new Window(1, 1, 1, Same: true), new(Bias: true));
        return new ScaledAdd(x, up, scale);
    }

    private static Activation Conv(Layer x, int filters, int side, int stride = 1, bool same = true, string? named = null) =>
        Bent(x, filters, new Window(side, side, stride, same), named);

    private static Activation Conv(Layer x, int filters, (int Rows, int Columns) window) =>
        Bent(x, filters, new Window(window.Rows, window.Columns, 1, Same: true), null);

    /// <summary>Convolution without bias, batch normalisation without gamma, ReLU.</summary>
    private static Activation Bent(Layer x, int filters, Window window, string? name)
    {
        var convolution = new Convolution(x, name, filters, window, default);
        return Relu(new BatchNormalization(convolution, name is null ? null : $"{name}_bn", scale: false));
    }

    private static Activation Relu(Layer x) => new(x, Bend.Relu);

    private static Pooling MaxPool(Layer x) => new(x, new Window(3, 3, 2, Same: false), mean: false);
}
