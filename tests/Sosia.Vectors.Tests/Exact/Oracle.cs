using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;

namespace Sosia.Vectors.Tests.Exact;

/// <summary>
/// What every search must give: all distances in float64, term by term in the plainest order, sorted by six decimals and row number.
/// </summary>
internal static class Oracle
{
    public static Neighbor[] Search<TMetric>(IRowReader rows, ReadOnlySpan<float> query, SearchRequest request, RowSet? deleted = null)
        where TMetric : struct, IMetric
    {
        var all = new List<(double Distance, int Row)>();
        for (var row = 0; row < rows.Count; row++)
        {
            if (deleted?.Contains(row) == true || request.Allowed?.Contains(row) == false || request.Where?.Invoke(row) == false)
                continue;
            var distance = Distance(default(TMetric).Name, query, rows.Row(row));
            if (request.Radius is not { } radius || (float)distance <= radius)
                all.Add((distance, row));
        }
        return
        [
            .. all.OrderBy(found => Math.Round(found.Distance * 1e6))
                .ThenBy(found => found.Row)
                .Take(request.K)
                .Select(found => new Neighbor(found.Row, (float)found.Distance)),
        ];
    }

    public static double Distance(string metric, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (dot, aa, bb, square) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
            square += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }
        return metric switch
        {
            "cosine" => 1 - Math.Clamp(dot / Math.Sqrt(aa * bb), -1, 1),
            "inner-product" => -dot,
            "euclidean" => Math.Sqrt(square),
            _ => throw new ArgumentException(metric),
        };
    }

    /// <summary>
    /// The same rows in the same order; where another order of summing could round to another sixth decimal, rows that near may have
    /// changed places.
    /// </summary>
    public static void AssertSame(Neighbor[] expected, Neighbor[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i].Row == found[i].Row)
                continue;
            var tolerance = 1.01e-6 + 1e-6 * Math.Abs(expected[i].Distance);
            Assert.True(
                Math.Abs(expected[i].Distance - found[i].Distance) <= tolerance,
                $"Place {i}: expected {expected[i]}, got {found[i]}."
            );
        }
        Assert.Equal(found.Length, found.Select(neighbor => neighbor.Row).Distinct().Count());
    }

    /// <summary>Both indexes against the oracle, with one thread and two.</summary>
    public static void AssertAllAgree<TMetric>(IRowReader rows, float[][] queries, SearchRequest request)
        where TMetric : struct, IProductMetric
    {
        INeighborIndex[] indexes = [PlainIndex.Build<TMetric>(rows, default), ExactIndex.Build<TMetric>(rows)];
        foreach (var index in indexes)
        {
            var batch = index.SearchAll(Some.Table(queries), request with { Threads = 2 });
            for (var i = 0; i < queries.Length; i++)
            {
                var expected = Search<TMetric>(rows, queries[i], request);
                AssertSame(expected, index.Search(queries[i], request));
                AssertSame(expected, index.Search(queries[i], request with { Threads = 2 }));
                AssertSame(expected, batch[i]);
            }
        }
    }
}
