namespace Sosia.Vectors.Exact;

public sealed partial class ExactIndex<TMetric>
{
    /// <summary>Queries that are searched side by side.</summary>
    private const int QueriesAGroup = 8;

    /// <summary>Rows that all queries of a group are compared with while the records are in the cache.</summary>
    private const int RowsATile = 1024;

    private const int RowsAGroupPart = 16384;

    /// <inheritdoc/>
    public Neighbor[][] SearchAll(IRowReader queries, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        using var openQueries = queries.KeepOpen();
        using var open = _rows.KeepOpen();
        for (var i = 0; i < queries.Count; i++)
            CheckQuery(queries.Row(i), i);
        if (IsSparse(request))
            return Workers.ForEach(
                queries.Count,
                request.Threads,
                i => Search(queries.Row(i), request with { Threads = 1 }, cancellation),
                cancellation
            );

        var groups = (queries.Count + QueriesAGroup - 1) / QueriesAGroup;
        var found = Workers.ForEach(
            groups,
            request.Threads,
            group =>
            {
                var first = group * QueriesAGroup;
                return SearchGroup(queries, (first, Math.Min(QueriesAGroup, queries.Count - first)), request, cancellation);
            },
            cancellation
        );
        return [.. found.SelectMany(neighbors => neighbors)];
    }

    private Neighbor[][] SearchGroup(
        IRowReader queries,
        (int First, int Count) group,
        SearchRequest request,
        CancellationToken cancellation
    )
    {
        var scratches = new QueryCode[group.Count];
        var searches = new CandidateSearch<TMetric>[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            scratches[i] = Rent();
            scratches[i].Set<TMetric>(queries.Row(group.First + i));
            searches[i] = new CandidateSearch<TMetric>(_rows, _deleted, _blocks, _limits, request);
            searches[i].Start(queries.Row(group.First + i), scratches[i]);
        }
        foreach (var block in _blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            _rows.ThrowIfCutOff(block.First);
            block.EnsureSound(_layout);
            ScanGroup(block, searches, scratches);
            block.KeepAlive();
        }
        return [.. searches.Select((search, i) => Complete(search, scratches[i]))];
    }

    private unsafe void ScanGroup(CodeBlock block, CandidateSearch<TMetric>[] searches, QueryCode[] scratches)
    {
        var terms = Array.ConvertAll(scratches, scratch => scratch.Terms(block.Limits));
        for (var start = 0; start < block.Count; start += RowsAGroupPart)
        {
            var count = Math.Min(RowsAGroupPart, block.Count - start);
            for (var tile = 0; tile < count; tile += RowsATile)
            {
                var records = block.Records + (long)(start + tile) * _layout.Bytes;
                var padded = RecordLayout.Pad(Math.Min(RowsATile, count - tile));
                for (var i = 0; i + 1 < searches.Length; i += 2)
                    Scan.ConsecutiveTwo(
                        records,
                        padded,
                        new TwoTerms { One = terms[i], Other = terms[i + 1] },
                        scratches[i].Bounds + tile,
                        scratches[i + 1].Bounds + tile
                    );
                if (searches.Length % 2 == 1)
                    Scan.Consecutive(records, padded, terms[^1], scratches[^1].Bounds + tile);
            }
            for (var i = 0; i < searches.Length; i++)
                searches[i].Refine(scratches[i].Bounds, null, block.First + start, count, scratches[i].Candidates);
        }
    }
}
