namespace Sosia.Vectors.Exact;

/// <summary>
/// No index at all: every allowed row is looked at. In float32, with a bound on its error; in float64 where that leaves a doubt.
/// Right for small tables, for one query, and for rows that lie in a file.
/// </summary>
/// <param name="metric">How far.</param>
/// <param name="rows">The table; must stay as long as this is used.</param>
public sealed class PlainIndex<TMetric>(TMetric metric, IRowReader rows) : INeighborIndex where TMetric : struct, IMetric
{
    private const int RowsAPart = 4096;

    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Dimensions => rows.Dimensions;

    /// <inheritdoc/>
    public long IndexBytes => 0;

    /// <inheritdoc/>
    public Neighbor[] Search(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        Fitness.CheckQuery(metric, query, Dimensions);
        var parts = (Count + RowsAPart - 1) / RowsAPart;
        var threads = Math.Min(request.Threads, parts);
        if (threads <= 1) return Scan(query, request, () => 1, cancellation).Sorted();

        var copy = query.ToArray();
        var next = 0;
        var found = new Nearest[threads];
        Workers.Run(threads, thread => found[thread] = Scan(copy, request, () => Interlocked.Increment(ref next) - 1, cancellation, shared: true));
        for (var i = 1; i < threads; i++) found[0].Add(found[i]);
        return found[0].Sorted();
    }

    /// <inheritdoc/>
    public Neighbor[][] SearchAll(IRowReader queries, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(request);
        var one = request with { Threads = 1 };
        return Workers.ForEach(queries.Count, request.Threads, i => Queries.Named(i, () => Search(queries.Row(i), one, cancellation)));
    }

    /// <summary>Looks at all parts, or at those that <paramref name="take"/> gives while others look at the rest.</summary>
    private Nearest Scan(ReadOnlySpan<float> query, SearchRequest request, Func<int> take, CancellationToken cancellation, bool shared = false)
    {
        var nearest = new Nearest(Math.Min(request.K, Math.Max(1, Count)), request.Radius ?? float.PositiveInfinity);
        var length = Math.Sqrt(Sums.Dot64(query, query));
        for (var part = shared ? take() : 0; part * (long)RowsAPart < Count; part = shared ? take() : part + 1)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = part * RowsAPart;
            ScanPart(query, length, (first, Math.Min(Count, first + RowsAPart)), request, nearest);
        }
        return nearest;
    }

    private void ScanPart(ReadOnlySpan<float> query, double length, (int First, int End) part, SearchRequest request, Nearest nearest)
    {
        var cut = nearest.Cut;
        var allowed = request.Allowed;
        for (var row = allowed?.Next(part.First) ?? part.First; row >= 0 && row < part.End; row = allowed?.Next(row + 1) ?? row + 1)
        {
            var values = rows.Row(row);
            var bound = metric.LowerBound(query, length, values);
            if (bound > cut && double.IsFinite(bound)) continue;
            if (!double.IsFinite(bound) && metric.Unfit(values) is { } problem) throw new ArgumentException($"Row {row} can't be searched: {problem}");
            if (request.Where is { } where && !where(row)) continue;
            nearest.Add(row, metric.Distance(query, values));
            cut = nearest.Cut;
        }
    }
}
