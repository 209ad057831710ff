using Sosia.Keras.Layers;

namespace Sosia.Keras;

/// <summary>
/// FaceNet with 512 dimensions: Inception-ResNet-v1 of Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4, Inception-ResNet and the Impact of
/// Residual Connections on Learning" (2016), as David Sandberg trained it and DeepFace names its layers.
/// </summary>
internal static class FaceNet512
{
    /// <summary>160 × 160 × 3 → a row of 512.</summary>
    public static Layer Build(Layer picture)
    {
        Layer x = Stem(picture);
        for (var i = 1; i <= 5; i++)
            x = BlockA(x, i);
        x = ReductionA(x);
        for (var i = 1; i <= 10; i++)
            x = BlockB(x, i);
        x = ReductionB(x);
        for (var i = 1; i <= 5; i++)
            x = Relu(BlockC(x, i, branch: i, scale: 0.2f));
        // The last one is neither scaled nor followed by a ReLU, and its second branch is called the first.
        x = BlockC(x, 6, branch: 1, scale: 1);
        x = new Dense(new GlobalAverage(x), "Bottleneck", 512);
        return new BatchNormalization(x, "Bottleneck_BatchNorm", scale: false);
    }

    private static Layer Stem(Layer x)
    {
        x = Conv(x, "Conv2d_1a_3x3", 32, Inside(3, stride: 2));
        x = Conv(x, "Conv2d_2a_3x3", 32, Inside(3));
        x = Conv(x, "Conv2d_2b_3x3", 64, Same(3));
        x = MaxPool(x);
        x = Conv(x, "Conv2d_3b_1x1", 80, Inside(1));
        x = Conv(x, "Conv2d_4a_3x3", 192, Inside(3));
        return Conv(x, "Conv2d_4b_3x3", 256, Inside(3, stride: 2));
    }

    /// <summary>Figure 10, Inception-ResNet-A (block35), 17 × 17 × 256.</summary>
    private static Activation BlockA(Layer x, int number)
    {
        var name = $"Block35_{number}_";
        var first = Conv(x, $"{name}Branch_0_Conv2d_1x1", 32, Same(1));
        Layer second = Conv(x, $"{name}Branch_1_Conv2d_0a_1x1", 32, Same(1));
        second = Conv(second, $"{name}Branch_1_Conv2d_0b_3x3", 32, Same(3));
        Layer third = Conv(x, $"{name}Branch_2_Conv2d_0a_1x1", 32, Same(1));
        third = Conv(third, $"{name}Branch_2_Conv2d_0b_3x3", 32, Same(3));
        third = Conv(third, $"{name}Branch_2_Conv2d_0c_3x3", 32, Same(3));
        return Relu(Residual(x, name, 0.17f, first, second, third));
    }

    /// <summary>Figure 7, Reduction-A (mixed_6a): 17 × 17 → 8 × 8 × 896.</summary>
    private static Concatenate ReductionA(Layer x)
    {
        var first = Conv(x, "Mixed_6a_Branch_0_Conv2d_1a_3x3", 384, Inside(3, stride: 2));
        Layer second = Conv(x, "Mixed_6a_Branch_1_Conv2d_0a_1x1", 192, Same(1));
        second = Conv(second, "Mixed_6a_Branch_1_Conv2d_0b_3x3", 192, Same(3));
        second = Conv(second, "Mixed_6a_Branch_1_Conv2d_1a_3x3", 256, Inside(3, stride: 2));
        return new Concatenate(first, second, MaxPool(x));
    }

    /// <summary>
    /// Figure 11, Inception-ResNet-B (block17), 8 × 8 × 896. DeepFace calls the second branch of the n-th block the n-th.
    /// </summary>
    private static Activation BlockB(Layer x, int number)
    {
        var name = $"Block17_{number}_";
        var first = Conv(x, $"{name}Branch_0_Conv2d_1x1", 128, Same(1));
        Layer second = Conv(x, $"{name}Branch_{number}_Conv2d_0a_1x1", 128, Same(1));
        second = Conv(second, $"{name}Branch_{number}_Conv2d_0b_1x7", 128, new Window(1, 7, 1, Same: true));
        second = Conv(second, $"{name}Branch_{number}_Conv2d_0c_7x1", 128, new Window(7, 1, 1, Same: true));
        return Relu(Residual(x, name, 0.1f, first, second));
    }

    /// <summary>Figure 12, Reduction-B (mixed_7a): 8 × 8 → 3 × 3 × 1792.</summary>
    private static Concatenate ReductionB(Layer x)
    {
        Layer first = Conv(x, "Mixed_7a_Branch_0_Conv2d_0a_1x1", 256, Same(1));
        first = Conv(first, "Mixed_7a_Branch_0_Conv2d_1a_3x3", 384, Inside(3, stride: 2));
        Layer second = Conv(x, "Mixed_7a_Branch_1_Conv2d_0a_1x1", 256, Same(1));
        second = Conv(second, "Mixed_7a_Branch_1_Conv2d_1a_3x3", 256, Inside(3, stride: 2));
        Layer third = Conv(x, "Mixed_7a_Branch_2_Conv2d_0a_1x1", 256, Same(1));
        third = Conv(third, "Mixed_7a_Branch_2_Conv2d_0b_3x3", 256, Same(3));
        third = Conv(third, "Mixed_7a_Branch_2_Conv2d_1a_3x3", 256, Inside(3, stride: 2));
        return new Concatenate(first, second, third, MaxPool(x));
    }

    /// <summary>Figure 13, Inception-ResNet-C (block8), 3 × 3 × 1792.</summary>
    private static ScaledAdd BlockC(Layer x, int number, int branch, float scale)
    {
        var name = $"Block8_{number}_";
        var first = Conv(x, $"{name}Branch_0_Conv2d_1x1", 192, Same(1));
        Layer second = Conv(x, $"{name}Branch_{branch}_Conv2d_0a_1x1", 192, Same(1));
        second = Conv(second, $"{name}Branch_{branch}_Conv2d_0b_1x3", 192, new Window(1, 3, 1, Same: true));
        second = Conv(second, $"{name}Branch_{branch}_Conv2d_0c_3x1", 192, new Window(3, 1, 1, Same: true));
        return Residual(x, name, scale, first, second);
    }

    /// <summary>Section 3.3: the branches, brought to the input's channels and scaled down, are added to the input.</summary>
    private static ScaledAdd Residual(Layer x, string name, float scale, params Layer[] branches)
    {
        var up = new Convolution(new Concatenate(branches), $"{name}Conv2d_1x1", x.Output.Channels, Same(1), new(Bias: true));
        return new ScaledAdd(x, up, scale);
    }

    /// <summary>Convolution without bias, batch normalisation without gamma, ReLU.</summary>
    private static Activation Conv(Layer x, string name, int filters, Window window)
    {
        var convolution = new Convolution(x, name, filters, window, default);
        return Relu(new BatchNormalization(convolution, $"{name}_BatchNorm", scale: false));
    }

    private static Activation Relu(Layer x) => new(x, Bend.Relu);

    private static Pooling MaxPool(Layer x) => new(x, Inside(3, stride: 2), mean: false);

    private static Window Same(int side) => new(side, side, 1, Same: true);

    private static Window Inside(int side, int stride = 1) => new(side, side, stride, Same: false);
}
