using FsCheck;
using FsCheck.Fluent;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Tests.Exact;

namespace Sosia.Vectors.Tests.Metrics;

/// <summary>
/// What float32 says first must never rule out a row that float64 would find, however long or short rows and queries are.
/// </summary>
public class LowerBoundTests
{
    [Fact]
    public void A_lower_bound_is_never_above_the_distance() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var random = new Random(seed);
                    var dimensions = random.Next(1, 100);
                    var row = Draw(random, dimensions, random.Next(-45, 39));
                    var query = random.Next(3) switch
                    {
                        0 => [.. row.Select(value => -value)],
                        1 => row,
                        _ => Draw(random, dimensions, random.Next(-45, 39)),
                    };
                    AssertBound<Cosine>(query, row);
                    AssertBound<InnerProduct>(query, row);
                    AssertBound<Euclidean>(query, row);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void A_lower_bound_holds_where_every_addition_rounds_the_same_way()
    {
        for (var dimensions = 1; dimensions < 200; dimensions++)
        {
            // 1 + 2⁻²⁴ rounds to 1: a sum that begins with the first value loses all others.
            var row = Enumerable.Repeat(MathF.ScaleB(1, -12), dimensions).ToArray();
            row[0] = 1 + MathF.ScaleB(1, -12);
            AssertBound<Cosine>(row, row);
            AssertBound<InnerProduct>(row, row);
            AssertBound<Euclidean>(row, [.. row.Select(value => -value)]);
        }
    }

    [Fact, Slow]
    public void Queries_and_rows_of_any_length_are_found_by_direction() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var random = new Random(seed);
                    var dimensions = random.Next(2, 80);
                    var rows = Some.Table([.. Enumerable.Range(0, 60).Select(_ => Draw(random, dimensions, random.Next(-44, 39)))]);
                    float[][] queries = [.. Enumerable.Range(0, 4).Select(_ => Draw(random, dimensions, random.Next(-44, 39)))];
                    Oracle.AssertAllAgree<Cosine>(rows, queries, new SearchRequest { K = 5 });
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact, Slow]
    public void Products_of_any_size_are_found() =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var random = new Random(seed);
                    var dimensions = random.Next(2, 80);
                    var size = random.Next(-44, 14); // longer rows are refused
                    var rows = Some.Table([
                        .. Enumerable.Range(0, 60).Select(_ => Draw(random, dimensions, Math.Max(-44, size - random.Next(3)))),
                    ]);
                    float[][] queries = [.. Enumerable.Range(0, 4).Select(_ => Draw(random, dimensions, random.Next(-44, 14)))];
                    Oracle.AssertAllAgree<InnerProduct>(rows, queries, new SearchRequest { K = 5 });
                    Oracle.AssertAllAgree<Euclidean>(rows, queries, new SearchRequest { K = 5 });
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void One_row_of_tiny_values_does_not_keep_the_index_from_ruling_rows_out()
    {
        var rows = Some.Structured(20, 5000, 256);
        rows[0] = [.. rows[0].Select(value => value * 1e-40f)];
        var index = ExactIndex.Build<Cosine>(Some.Table(rows));
        foreach (var query in Some.Structured(21, 10, 256))
            index.Search(query, new SearchRequest());
        Assert.True(index.ComparedShare < 0.1, $"{index.ComparedShare:P2} of the rows were compared");
    }

    [Fact]
    public void Any_number_of_threads_may_be_asked_for()
    {
        var rows = Some.Structured(22, 20_000, 64);
        var index = ExactIndex.Build<Cosine>(Some.Table(rows));
        var expected = index.Search(rows[7], new SearchRequest());
        foreach (var threads in new[] { 2, 1 << 28, 1 << 29, int.MaxValue })
            Assert.Equal(expected, index.Search(rows[7], new SearchRequest { Threads = threads }));
    }

    private static void AssertBound<TMetric>(float[] query, float[] row)
        where TMetric : struct, IMetric
    {
        var metric = default(TMetric);
        if (metric.InvalidReason(query) is not null || metric.InvalidReason(row) is not null)
            return;
        var distance = Oracle.Distance(metric.Name, query, row);
        foreach (var asked in new[] { query, metric.Prepare(query) })
        {
            var bound = metric.LowerBound(asked, Math.Sqrt(asked.Sum(value => (double)value * value)), row);
            Assert.False(bound > distance + 1e-13 * Math.Abs(distance) + 1e-45, $"{metric.Name}: {bound:R} is above {distance:R}");
        }
    }

    /// <summary>
    /// Values around a power of ten, some of them far smaller than the others; denormal and zero where they fall below float's range.
    /// </summary>
    private static float[] Draw(Random random, int dimensions, int size)
    {
        var spread = random.Next(3) == 0 ? random.Next(0, 30) : 0;
        float[] row =
        [
            .. Enumerable.Range(0, dimensions).Select(_ => (float)(Some.Normal(random) * Math.Pow(10, size - random.Next(spread + 1)))),
        ];
        for (var i = 0; i < dimensions; i++)
            row[i] = Math.Clamp(row[i], -3e38f, 3e38f);
        if (!row.AsSpan().ContainsAnyExcept(0f))
            row[random.Next(dimensions)] = float.Epsilon;
        return row;
    }
}
