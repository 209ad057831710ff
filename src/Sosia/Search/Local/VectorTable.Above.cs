using Sosia.Catalogue;
using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>All rows above a score, and how many photos come before one.</summary>
internal sealed partial class VectorTable
{
    private const int RowsBetweenLooks = 4096,
        RowsInSample = 1024;

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
        var before = new HashSet<long>();
        foreach (var vector in vectors)
            if (_index is not null && IsRare(vector, score))
                foreach (var hit in Above(vector, score, allowed, cancellation))
                    Count(hit.Photo, hit.Score);
            else
                CountByScan(vector);
        return before.Count;

        void CountByScan(float[] vector)
        {
            cancellation.ThrowIfCancellationRequested();
            var scores = new float[_rows.Count];
            Cosines(vector, scores);
            for (var row = 0; row < scores.Length; row++)
                if (scores[row] >= score && IsThere(row) && allowed?.Contains(row) != false)
                    Count(Photo(row), scores[row]);
        }

        void Count(PhotoId other, float its)
        {
            if (other != photo && (its > score || other.Value < photo.Value))
                before.Add(other.Value);
        }
    }

    /// <summary>Whether few rows score as high, by a sample: then the index finds them, and else a scan is as fast.</summary>
    private bool IsRare(float[] vector, float score)
    {
        var step = Math.Max(1, _rows.Count / RowsInSample);
        var above = 0;
        for (var row = 0; row < _rows.Count; row += step)
            if (Similarity.Of(vector, Row(row)) >= score)
                above++;
        return above <= RowsInSample / ShareByIndex;
    }
}
