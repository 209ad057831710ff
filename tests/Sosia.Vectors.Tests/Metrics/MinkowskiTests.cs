using Sosia.Vectors.Metrics;
using Sosia.Vectors.Tests.Plain;

namespace Sosia.Vectors.Tests.Metrics;

public class MinkowskiTests
{
    public static TheoryData<double> EveryP => [1, 1.25, 1.5, 2, 2.5, 3, 7, 1000];

    [Theory]
    [MemberData(nameof(EveryP))]
    public void Both_sums_agree_with_a_plain_loop_at_every_length(double p)
    {
        var random = new Random(1);
        var metric = new Minkowski(p);
        for (var length = 1; length <= 67; length++)
        for (var round = 0; round < 20; round++)
        {
            var (query, row) = (Draw(random, length), Draw(random, length));
            var expected = p > 100 ? query.Zip(row, (q, x) => Math.Abs((double)q - x)).Max() : Oracle.Minkowski(p, query, row);
            var tolerance = p > 100 ? 1e-2 : 1e-12;
            Assert.Equal(expected, metric.Distance(query, row), expected * tolerance);
            var bound = metric.LowerBound(query, 0, row);
            Assert.InRange(bound, AtLeast(p, metric.Distance(query, row)), metric.Distance(query, row));
        }
    }

    [Theory]
    [MemberData(nameof(EveryP))]
    public void The_fast_sum_of_a_long_row_never_says_too_much(double p)
    {
        var random = new Random(2);
        var metric = new Minkowski(p);
        foreach (var length in (int[])[2047, 2048, 2049, 6000, 107_648])
        {
            var (query, row) = (Draw(random, length), Draw(random, length));
            Assert.InRange(metric.LowerBound(query, 0, row), AtLeast(p, metric.Distance(query, row)), metric.Distance(query, row));
            Assert.InRange(
                metric.Distance(query, row) / (p > 100 ? metric.Distance(query, row) : Oracle.Minkowski(p, query, row)),
                1 - 1e-9,
                1 + 1e-9
            );
        }
    }

    [Theory]
    [MemberData(nameof(EveryP))]
    public void Values_at_the_ends_of_float_have_a_distance_too(double p)
    {
        var metric = new Minkowski(p);
        foreach (var size in (float[])[float.MaxValue / 4, 1e-30f, 1e-44f, float.Epsilon])
        {
            float[] query = [size, 0, -size],
                row = [-size, 0, size];
            var expected = 2.0 * size * Math.Pow(2, 1 / p);
            Assert.Equal(expected, metric.Distance(query, row), expected * 1e-9);
            Assert.True(metric.LowerBound(query, 0, row) <= metric.Distance(query, row));
        }
    }

    [Fact]
    public void Equal_rows_are_at_distance_zero()
    {
        float[] row = [1, -2, 3];
        foreach (var p in (double[])[1, 1.5, 2, 3, 4.5])
            Assert.Equal(0, new Minkowski(p).Distance(row, row));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_p_that_makes_no_distance_is_refused(double p) =>
        Assert.Contains(
            "P must be from 1 to 1,000",
            Assert.Throws<ArgumentException>(() => new Minkowski(p)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Values_that_are_not_finite_are_found_at_every_place()
    {
        for (var length = 1; length <= 67; length++)
        for (var at = 0; at < length; at++)
            foreach (
                var (value, says) in ((float, string)[])
                    [(float.NaN, "not a number"), (float.PositiveInfinity, "infinite"), (float.NegativeInfinity, "infinite")]
            )
            {
                var row = new float[length];
                Array.Fill(row, float.MaxValue);
                Assert.Null(new Manhattan().InvalidReason(row));
                row[at] = value;
                Assert.Equal($"value {at} is {says}", new Manhattan().InvalidReason(row));
            }
    }

    /// <summary>A bound is close, except where the power leaves float32's range: then it may say nothing.</summary>
    private static double AtLeast(double p, double distance) => p > 100 ? double.NegativeInfinity : distance * (1 - 1e-4);

    private static float[] Draw(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-2, 3))))];
}
