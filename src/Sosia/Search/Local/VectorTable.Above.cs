using Sosia.Catalogue;
using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>All rows above a score, and how many photos come before one.</summary>
internal sealed partial class VectorTable
{
    private const int RowsBetweenLooks = 4096;

    /// <inheritdoc cref="IVectorSearch.AboveAsync"/>
    public IEnumerable<VectorHit> Above(float[] vector, float score, RowSet? allowed, CancellationToken cancellation)
    {
        if (_index is not null)
        {
            var request = SearchRequest.Within((float)(Slack - score)) with { Allowed = allowed, Threads = Threads };
            return from near in _index.Search(vector, request, cancellation)
                let exact = Similarity.Of(vector, Row(near.Row))
                where exact >= score
                select new VectorHit(Photo(near.Row), Owner(near.Row), exact);
        }
        return Scan(vector, score, allowed, cancellation);
    }

    private IEnumerable<VectorHit> Scan(float[] vector, float score, RowSet? allowed, CancellationToken cancellation)
    {
        for (var row = 0; row < _rows.Count; row++)
        {
            if (row % RowsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            if (!IsThere(row) || allowed?.Contains(row) == false)
                continue;
            var exact = Similarity.Of(vector, Row(row));
            if (exact >= score)
                yield return new VectorHit(Photo(row), Owner(row), exact);
        }
    }

    /// <inheritdoc cref="IVectorSearch.CountBeforeAsync"/>
    public long CountBefore(IReadOnlyList<float[]> vectors, PhotoId photo, float score, RowSet? allowed, CancellationToken cancellation)
    {
        var scores = new float[_rows.Count];
        var before = new HashSet<long>();
        foreach (var vector in vectors)
        {
            cancellation.ThrowIfCancellationRequested();
            Cosines(vector, scores);
            for (var row = 0; row < scores.Length; row++)
            {
                if (scores[row] < score || !IsThere(row) || allowed?.Contains(row) == false)
                    continue;
                var other = Photo(row);
                if (other != photo && (scores[row] > score || other.Value < photo.Value))
                    before.Add(other.Value);
            }
        }
        return before.Count;
    }
}
