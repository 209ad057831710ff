namespace Sosia.Vectors.Exact;

public sealed partial class ExactIndex<TMetric>
{
    /// <summary>Queries that go through the table side by side.</summary>
    private const int QueriesAGroup = 8;

    /// <summary>Rows that all of them look at while the records are in the cache.</summary>
    private const int RowsATile = 1024;

    private const int RowsAGroupPart = 16384;

    /// <inheritdoc/>
    public Neighbor[][] SearchAll(IRowReader queries, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        using var heldQueries = queries.Hold();
        using var held = _rows.Hold();
        for (var i = 0; i < queries.Count; i++) CheckQuery(queries.Row(i), i);
        if (IsSparse(request))
            return Workers.ForEach(queries.Count, request.Threads, i => Search(queries.Row(i), request with { Threads = 1 }, cancellation), cancellation);
        var groups = (queries.Count + QueriesAGroup - 1) / QueriesAGroup;
        return [.. Workers.ForEach(groups, request.Threads, group =>
            SearchGroup(queries, (group * QueriesAGroup, Math.Min(QueriesAGroup, queries.Count - group * QueriesAGroup)), request, cancellation), cancellation).SelectMany(found => found)];
    }

    private unsafe Neighbor[][] SearchGroup(IRowReader queries, (int First, int Count) group, SearchRequest request, CancellationToken cancellation)
    {
        var scratches = new QueryCode[group.Count];
        var hunts = new Hunt<TMetric>[group.Count];
        var terms = new ScanTerms[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            scratches[i] = Rent();
            scratches[i].Set<TMetric>(queries.Row(group.First + i));
            hunts[i] = new Hunt<TMetric>(_rows, _deleted, request);
            hunts[i].Start(queries.Row(group.First + i), scratches[i]);
        }
        foreach (var block in _blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            _rows.ThrowIfCutOff();
            block.EnsureSound(_layout);
            for (var i = 0; i < group.Count; i++) terms[i] = scratches[i].Terms(block.Limits);
            for (var start = 0; start < block.Count; start += RowsAGroupPart)
            {
                var count = Math.Min(RowsAGroupPart, block.Count - start);
                for (var tile = 0; tile < count; tile += RowsATile)
                    for (var i = 0; i < group.Count; i++)
                        Scan.InARow(block.Records + (long)(start + tile) * _layout.Bytes, CodeBlock.Pad(Math.Min(RowsATile, count - tile)), terms[i], scratches[i].Bounds + tile);
                for (var i = 0; i < group.Count; i++) hunts[i].Look(scratches[i].Bounds, null, block.First + start, count, scratches[i].Candidates);
            }
            block.KeepAlive();
        }
        return [.. hunts.Select((hunt, i) => Finish(hunt, scratches[i]))];
    }
}
