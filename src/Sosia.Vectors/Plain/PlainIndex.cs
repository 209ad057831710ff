using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Plain;

/// <summary>
/// No index at all: every query is compared with every row in place. It serves any metric, needs nothing beside the rows, and is as fast as
/// memory, which for very long rows out of a mapped file is the best there is without preparing them.
/// </summary>
public static class PlainIndex
{
    /// <summary>Checks the rows, once.</summary>
    /// <param name="rows">The caller's; they must not change.</param>
    /// <param name="metric">How far rows are from each other.</param>
    /// <param name="threads">To check with, 1 or more.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    /// <exception cref="ArgumentException">A row does not fit the metric; the message names the first.</exception>
    /// <exception cref="DamagedFileException">The file of the rows was cut off.</exception>
    public static INeighborIndex Build<TMetric>(IRowReader rows, TMetric metric, int threads = 1, CancellationToken cancellation = default)
        where TMetric : struct, IMetric
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        InputCheck.CheckRows(rows, metric, threads, cancellation);
        return metric switch
        {
            Minkowski minkowski => Powers.Use(minkowski.P, new ByPower(rows, metric)),
            Manhattan => new PlainIndex<SumOfPowers<PowerOne>>(rows, new(new PowerOne()), metric),
            _ => new PlainIndex<WholeRow<TMetric>>(rows, new(metric), metric),
        };
    }

    private sealed class ByPower(IRowReader rows, IMetric metric) : IPowerUser<INeighborIndex>
    {
        public INeighborIndex Use<TPower>(TPower power)
            where TPower : struct, IPower => new PlainIndex<SumOfPowers<TPower>>(rows, new(power), metric);
    }
}

/// <summary>The scan, compiled for one metric.</summary>
internal sealed class PlainIndex<TScan>(IRowReader rows, TScan scan, IMetric metric) : INeighborIndex
    where TScan : struct, IScanMetric
{
    /// <summary>Queries that a row is compared with while it is in the core's cache.</summary>
    private const int QueriesAtOnce = 32;

    /// <summary>Bytes of rows that a thread takes at once: long enough to be read ahead, short enough to share.</summary>
    private const int BytesAtOnce = 256 << 10;

    public int Count => rows.Count;

    public int Dimensions => rows.Dimensions;

    public long IndexBytes => 0;

    public Neighbor[] Search(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        InputCheck.CheckQuery(query, Dimensions, metric);
        return SearchGroup([metric.Prepare(query)], request, cancellation)[0];
    }

    public Neighbor[][] SearchAll(IRowReader queries, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        using var held = queries.KeepOpen();
        var results = new Neighbor[queries.Count][];
        for (var from = 0; from < queries.Count; from += QueriesAtOnce)
        {
            var group = new float[Math.Min(QueriesAtOnce, queries.Count - from)][];
            for (var i = 0; i < group.Length; i++)
            {
                var query = queries.Row(from + i);
                InputCheck.CheckQuery(query, Dimensions, metric, from + i);
                group[i] = metric.Prepare(query);
            }
            SearchGroup(group, request, cancellation).CopyTo(results, from);
        }
        return results;
    }

    private Neighbor[][] SearchGroup(float[][] queries, SearchRequest request, CancellationToken cancellation)
    {
        using var held = rows.KeepOpen();
        var atOnce = (int)Math.Clamp(BytesAtOnce / ((long)Dimensions * sizeof(float)), 1, 1 << 14);
        var limits = new SharedLimits(queries.Length);
        var found = new List<PlainScan<TScan>>();
        Workers.Run(
            Count,
            atOnce,
            request.Threads,
            () =>
            {
                var mine = new PlainScan<TScan>(rows, scan, queries, request, limits);
                lock (found)
                    found.Add(mine);
                return mine.Scan;
            },
            cancellation
        );
        return PlainScan<TScan>.Merge(found, queries.Length);
    }
}
