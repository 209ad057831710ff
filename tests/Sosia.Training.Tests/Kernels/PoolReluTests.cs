using Sosia.Training.Kernels;

namespace Sosia.Training.Tests.Kernels;

public unsafe class PoolReluTests
{
    [Theory]
    [InlineData(6)]
    [InlineData(7)] // an odd side: the last row and column are left out
    [InlineData(11)]
    public void Pools_and_goes_back_like_the_plain_loops(int side)
    {
        const int filters = 16,
            images = 2;
        var shape = new BlockShape(side, 3, filters);
        var (convolved, half) = (shape.ConvolvedSide, shape.PooledSide);
        var maps = Some.Floats(images * convolved * convolved * filters, 5);
        for (var i = 0; i < maps.Length; i += 3)
            maps[i] = MathF.Round(maps[i] * 2) / 2; // ties, and zeros
        var gradient = Some.Floats(images * shape.PooledFloats, 6);
        var (pooled, which) = (new float[gradient.Length], new byte[gradient.Length]);
        var back = Enumerable.Repeat(float.NaN, maps.Length).ToArray();
        fixed (
            float* m = maps,
                p = pooled,
                g = gradient,
                b = back
        )
        fixed (byte* w = which)
        {
            PoolRelu.Forward(m, shape, (images, 2), p, w);
            PoolRelu.Backward(g, w, shape, (images, 2), b);
        }

        var expected = new float[maps.Length];
        for (var n = 0; n < images; n++)
        for (var y = 0; y < half; y++)
        for (var x = 0; x < half; x++)
        for (var f = 0; f < filters; f++)
        {
            int At(int k) => ((n * convolved + 2 * y + k / 2) * convolved + 2 * x + k % 2) * filters + f;
            var best = Enumerable.Range(0, 4).MaxBy(k => maps[At(k)]); // the first of equals
            var at = ((n * half + y) * half + x) * filters + f;
            Assert.Equal(Math.Max(0, maps[At(best)]), pooled[at]);
            if (maps[At(best)] > 0)
                expected[At(best)] = gradient[at];
        }
        Assert.Equal(expected, back);
    }

    [Fact]
    public void A_number_that_is_none_goes_through_to_the_loss()
    {
        var shape = new BlockShape(4, 3, 16);
        var maps = new float[2 * 2 * 16];
        maps[16] = float.NaN;
        var (pooled, which) = (new float[16], new byte[16]);
        fixed (
            float* m = maps,
                p = pooled
        )
        fixed (byte* w = which)
            PoolRelu.Forward(m, shape, (1, 1), p, w);
        Assert.True(float.IsNaN(pooled[0]));
        Assert.Equal(0, pooled[1]);
    }
}
