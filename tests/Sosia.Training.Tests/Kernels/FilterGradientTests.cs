using Sosia.Training.Kernels;

namespace Sosia.Training.Tests.Kernels;

public unsafe class FilterGradientTests
{
    [Theory]
    [InlineData(12, 3, 16)]
    [InlineData(13, 3, 32)]
    [InlineData(9, 16, 16)]
    [InlineData(11, 32, 48)]
    [InlineData(8, 48, 16)]
    [InlineData(37, 64, 16)]
    public void Sums_are_those_of_the_plain_loops(int side, int channels, int filters)
    {
        var shape = new BlockShape(side, channels, filters);
        const int images = 3;
        var input = Some.Floats(images * side * side * channels + 16, 1);
        var maps = Some.Floats(images * shape.ConvolvedSide * shape.ConvolvedSide * filters, 2);
        var gradient = Some.Floats(images * shape.PooledFloats, 3);
        var (pooled, which, back) = (new float[gradient.Length], new byte[gradient.Length], new float[maps.Length]);
        var (sums, biases) = (new float[filters * 9 * channels], new float[filters]);
        fixed (
            float* i = input,
                m = maps,
                g = gradient,
                p = pooled,
                b = back
        )
        fixed (byte* w = which)
        {
            PoolRelu.Forward(m, shape, (images, 2), p, w);
            PoolRelu.Backward(g, w, shape, (images, 2), b);
            FilterGradient.Add(i, g, w, (shape, images, 2), (sums, biases));
        }

        var expected = new double[sums.Length];
        var expectedBiases = new double[filters];
        for (var n = 0; n < images; n++)
        for (var y = 0; y < shape.ConvolvedSide; y++)
        for (var x = 0; x < shape.ConvolvedSide; x++)
        for (var f = 0; f < filters; f++)
        {
            var value = back[((n * shape.ConvolvedSide + y) * shape.ConvolvedSide + x) * filters + f];
            if (value == 0)
                continue;
            expectedBiases[f] += value;
            for (var r = 0; r < 3; r++)
            for (var c = 0; c < 3 * channels; c++)
                expected[(f * 3 + r) * 3 * channels + c] += (double)value * input[((n * side + y + r) * side + x) * channels + c];
        }
        Assert.True(Some.LargestDifference(sums, [.. expected.Select(e => (float)e)]) < 1e-4f * Math.Max(1, Some.Largest(sums)));
        Assert.True(Some.LargestDifference(biases, [.. expectedBiases.Select(e => (float)e)]) < 1e-4f * Math.Max(1, Some.Largest(biases)));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        var shape = new BlockShape(14, 16, 32);
        var input = Some.Floats(4 * 14 * 14 * 16 + 16, 1);
        var gradient = Some.Floats(4 * shape.PooledFloats, 3);
        var which = Some.Pixels(gradient.Length).Select(b => (byte)(b % 5)).ToArray();
        var results = new[] { 1, 2, 4 }
            .Select(threads =>
            {
                var sums = (new float[32 * 9 * 16], new float[32]);
                fixed (
                    float* i = input,
                        g = gradient
                )
                fixed (byte* w = which)
                    FilterGradient.Add(i, g, w, (shape, 4, threads), sums);
                return sums;
            })
            .ToArray();
        Assert.All(results, result => Assert.Equal(results[0].Item1, result.Item1));
        Assert.All(results, result => Assert.Equal(results[0].Item2, result.Item2));
    }
}
