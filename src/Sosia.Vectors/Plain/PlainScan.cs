namespace Sosia.Vectors.Plain;

/// <summary>What one thread has found so far for a group of queries.</summary>
internal sealed class PlainScan<TScan>
    where TScan : struct, IScanMetric
{
    /// <summary>
    /// Bytes that are prefetched: the processor's own prefetching ends at each page of 4 kB, which two rows of 512 floats fill.
    /// </summary>
    private const int BytesAhead = 8192,
        LongestFetched = 4096;

    private readonly IRowReader _rows;
    private readonly IDirectRows? _fetched;
    private readonly int _ahead;
    private readonly TScan _scan;
    private readonly float[][] _queries;
    private readonly SearchRequest _request;
    private readonly SharedLimits _limits;
    private readonly double[] _lengths;
    private readonly double[] _bounds;
    private readonly NeighborHeap[] _found;

    public PlainScan(IRowReader rows, TScan scan, float[][] queries, SearchRequest request, SharedLimits limits)
    {
        (_rows, _scan, _queries, _request, _limits) = (rows, scan, queries, request, limits);
        var bytes = rows.Dimensions * sizeof(float);
        _fetched = request.Allowed is null && bytes <= LongestFetched ? rows as IDirectRows : null;
        _ahead = Math.Max(1, BytesAhead / bytes);
        _lengths = [.. queries.Select(query => Math.Sqrt(query.Sum(value => (double)value * value)))];
        _found = [.. queries.Select(_ => new NeighborHeap(request.K, request.Radius))];
        _bounds = [.. _found.Select(found => scan.Bound(found.Limit, rows.Dimensions))];
    }

    /// <summary>Compares a range of rows with all queries.</summary>
    public void Scan(int from, int to)
    {
        _rows.ThrowIfCutOff();
        for (var i = 0; i < _queries.Length; i++)
            if (_found[i].Tighten(_limits.Get(i)))
                _bounds[i] = _scan.Bound(_found[i].Limit, _rows.Dimensions);
        for (var row = First(from); row >= 0 && row < to; row = First(row + 1))
        {
            if (row + _ahead < _rows.Count)
                _fetched?.Prefetch(row + _ahead);
            var values = _rows.Row(row);
            for (var i = 0; i < _queries.Length; i++)
                if (!_scan.IsFarther(_queries[i], _lengths[i], values, _bounds[i]))
                    Refine(i, row, values);
        }
        for (var i = 0; i < _queries.Length; i++)
            _limits.Lower(i, _found[i].Limit);
    }

    /// <summary>What several threads have found, together.</summary>
    public static Neighbor[][] Merge(IReadOnlyList<PlainScan<TScan>> scans, int queries)
    {
        foreach (var other in scans.Skip(1))
            for (var i = 0; i < queries; i++)
                scans[0]._found[i].Add(other._found[i]);
        return [.. scans[0]._found.Select(found => found.ToArray())];
    }

    private int First(int from) => _request.Allowed is { } allowed ? allowed.Next(from) : from;

    private void Refine(int query, int row, ReadOnlySpan<float> values)
    {
        var distance = _scan.Distance(_queries[query], values);
        if (!double.IsFinite(distance))
            throw new InvalidOperationException($"Row {row} has changed since it was checked: its distance is {distance}.");
        if (_found[query].Offer(row, distance, _request.Where))
            _bounds[query] = _scan.Bound(_found[query].Limit, values.Length);
    }
}

/// <summary>The nearest limits that any thread knows, one a query.</summary>
internal sealed class SharedLimits
{
    private readonly double[] _limits;

    public SharedLimits(int queries)
    {
        _limits = new double[queries];
        Array.Fill(_limits, double.PositiveInfinity);
    }

    public double Get(int query) => Volatile.Read(ref _limits[query]);

    public void Lower(int query, double limit)
    {
        for (var seen = Get(query); limit < seen; )
        {
            var now = Interlocked.CompareExchange(ref _limits[query], limit, seen);
            if (now == seen)
                return;
            seen = now;
        }
    }
}
