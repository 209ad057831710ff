using Sosia.Training.Kernels;
using Sosia.Training.Network;
using static TorchSharp.torch;

namespace Sosia.Training.Tests.Network;

public class StepTests
{
    [Fact]
    public void The_tiled_step_learns_what_libtorchs_own_derivative_learns()
    {
        Needs.Libtorch();
        var options = Some.Options;
        const int classes = 8;
        using var tiledParameters = new Parameters(options, classes, CPU);
        using var plainParameters = new Parameters(options, classes, CPU);
        using var tiled = new TiledStep(options, tiledParameters, threads: 2);
        using var plain = new AutogradStep(options, plainParameters, CPU);
        for (var step = 1; step <= 4; step++)
        {
            var count = step == 4 ? 3 : options.BatchSize; // the last one of an epoch is smaller
            var pixels = Some.Pixels(count * options.Side * options.Side * 3, step);
            var labels = Enumerable.Range(0, count).Select(i => (i * step) % classes).ToArray();
            var rate = AdamRate.At(options.LearningRate, step);
            var (mine, theirs) = (tiled.Run(pixels, labels, rate), plain.Run(pixels, labels, rate));
            Assert.Equal((theirs.Images, theirs.Right), (mine.Images, mine.Right));
            Assert.Equal(theirs.Loss, mine.Loss, 1e-3 * Math.Max(1, theirs.Loss));
        }
        foreach (var (mine, theirs) in tiledParameters.All.Zip(plainParameters.All))
        {
            float[] means = [.. mine.Mean.data<float>()],
                expected = [.. theirs.Mean.data<float>()];
            Assert.True(Some.LargestDifference(means, expected) <= 2e-3f * Some.Largest(expected), $"{mine.Name}: first moments");
            // Adam divides by the gradient's size, so where a gradient is next to nothing rounding decides; the mean tells.
            using var difference = (mine.Value - theirs.Value).abs().mean();
            Assert.True(difference.item<float>() < 2e-5f, $"{mine.Name}: weights differ by {difference.item<float>()} on average");
        }
    }

    [Fact]
    public void Micro_batches_do_not_change_the_gradient()
    {
        Needs.Libtorch();
        var pixels = Some.Pixels(6 * 34 * 34 * 3);
        float[] Means(int microBatch)
        {
            var options = Some.Options with { MicroBatch = microBatch };
            using var parameters = new Parameters(options, 5, CPU);
            using var step = new TiledStep(options, parameters, 2);
            step.Run(pixels, [0, 1, 2, 3, 4, 0], AdamRate.At(0.001f, 1));
            return [.. parameters.Blocks[0].Filters.Mean.data<float>()];
        }
        var whole = Means(6);
        Assert.True(Some.LargestDifference(whole, Means(1)) <= 1e-4f * Some.Largest(whole));
    }

    [Fact]
    public void First_weights_are_Glorots_and_come_from_the_seed()
    {
        Needs.Libtorch();
        using var parameters = new Parameters(Some.Options, 5, CPU);
        using var again = new Parameters(Some.Options, 5, CPU);
        using var other = new Parameters(Some.Options with { Seed = 8 }, 5, CPU);
        var filters = parameters.Blocks[1].Filters.Value;
        var limit = Math.Sqrt(6.0 / (9 * 16 + 9 * 32));
        Assert.InRange(filters.abs().max().item<float>(), limit * 0.98, limit);
        Assert.Equal(0, parameters.Blocks[1].Biases.Value.abs().max().item<float>());
        Assert.Equal(filters.data<float>().ToArray(), again.Blocks[1].Filters.Value.data<float>().ToArray());
        Assert.NotEqual(filters.data<float>().ToArray(), other.Blocks[1].Filters.Value.data<float>().ToArray());
    }

    [Fact]
    public void The_students_network_has_their_shapes()
    {
        var options = new TrainingOptions();
        Assert.Equal([248, 122, 59], options.Blocks().Select(b => b.ConvolvedSide));
        Assert.Equal(107_648, options.Features);
        Assert.Equal(93_248, options.Blocks().Sum(b => b.Filters * (9 * b.Channels + 1)));
        Assert.Equal(356, options.Operations(250) / 1e9, 0.5);
        Assert.Equal(711, options.Operations(5749) / 1e9, 0.5);
    }
}
