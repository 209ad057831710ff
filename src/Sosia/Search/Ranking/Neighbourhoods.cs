using Sosia.Catalogue;

namespace Sosia.Search.Ranking;

/// <summary>Expands a query and the candidates for its answer by their nearest rows (<see cref="QueryExpansion"/>).</summary>
/// <param name="vectors">Where the nearest rows come from: all photos, whichever are ranked.</param>
/// <param name="query">Unit row.</param>
internal sealed class Neighbourhoods(IVectorSearch vectors, float[] query)
{
    /// <summary>Stands for the query among the neighbours of a row, where the collection does not hold its photo.</summary>
    private const int QueryItself = -1;

    /// <summary>The query with its nearest rows.</summary>
    /// <param name="own">The query's own photo, whose rows are left out; null when the collection does not hold it.</param>
    /// <param name="cancellation">Checked between searches.</param>
    public async ValueTask<float[]> ExpandQueryAsync(PhotoId? own, CancellationToken cancellation)
    {
        var expanded = (float[])query.Clone();
        var nearest = await NearestOfQueryAsync(own, cancellation);
        await ExpandAsync([expanded], [nearest], withQuery: null, cancellation);
        return expanded;
    }

    /// <summary>The rows of candidates, each with its nearest ones.</summary>
    /// <param name="candidates">The photos' best rows.</param>
    /// <param name="withQuery">Let the query be among their neighbours, as if it had been indexed: the calibration was made so.</param>
    /// <param name="cancellation">Checked between searches.</param>
    public async ValueTask<float[][]> ExpandCandidatesAsync(
        IReadOnlyList<PhotoScore> candidates,
        bool withQuery,
        CancellationToken cancellation
    )
    {
        if (candidates.Count == 0)
            return [];
        var stored = await vectors.VectorsAsync([.. candidates.Select(candidate => candidate.Owner)], cancellation);
        float[][] rows = [.. stored.Select(row => row!)];
        var found = await vectors.NearestAsync(
            rows,
            QueryExpansion.Neighbours + 1,
            least: QueryExpansion.LeastCosine,
            cancellation: cancellation
        );
        VectorHit[][] nearest = [.. found.Select((hits, i) => hits.Where(hit => hit.Owner != candidates[i].Owner).ToArray())];
        await ExpandAsync(rows, nearest, withQuery ? [.. candidates.Select(candidate => candidate.Score)] : null, cancellation);
        return rows;
    }

    /// <summary>Enough of the nearest rows, none of the query's own photo.</summary>
    private async ValueTask<VectorHit[]> NearestOfQueryAsync(PhotoId? own, CancellationToken cancellation)
    {
        for (var count = 2 * QueryExpansion.Neighbours; ; count *= 4)
        {
            var found = await vectors.NearestAsync([query], count, least: QueryExpansion.LeastCosine, cancellation: cancellation);
            var hits = found[0];
            var others = hits.Where(hit => hit.Photo != own).ToArray();
            if (others.Length >= QueryExpansion.Neighbours || hits.Count < count)
                return others;
        }
    }

    /// <param name="rows">Changed into expanded rows.</param>
    /// <param name="nearest">The nearest rows of each.</param>
    /// <param name="withQuery">The query's cosine with each row, where it is one of the neighbours.</param>
    /// <param name="cancellation">Checked between searches.</param>
    private async ValueTask ExpandAsync(
        float[][] rows,
        IReadOnlyList<VectorHit[]> nearest,
        float[]? withQuery,
        CancellationToken cancellation
    )
    {
        // Numbered in order of their owners, which is the order of equal cosines.
        long[] owners = [.. nearest.SelectMany(hits => hits).Select(hit => hit.Owner).Distinct().Order()];
        var found = await vectors.VectorsAsync(owners, cancellation);
        for (var i = 0; i < rows.Length; i++)
        {
            var neighbours = new NearestRows();
            if (withQuery is not null)
                neighbours.Offer(QueryItself, withQuery[i]);
            foreach (var hit in nearest[i])
            {
                var number = Array.BinarySearch(owners, hit.Owner);
                neighbours.Offer(number, hit.Score);
            }
            QueryExpansion.Expand(rows[i], neighbours, number => number == QueryItself ? query : found[number]);
        }
    }
}
