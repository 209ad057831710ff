using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>The best photos alone, by the index.</summary>
internal sealed partial class SpaceTable
{
    /// <summary>Beyond this many photos, ranking all of them costs as much.</summary>
    private const int MostPhotos = 500;

    /// <summary>Tables of this size are searched by all cores; smaller ones are done before the others wake.</summary>
    private const int RowsForAllCores = 300_000;

    /// <summary>
    /// What the index's float64 scores and ours may differ by, its rounding to six decimals included, as a share of a score of 1 or more.
    /// </summary>
    private const double Slack = 4e-6;

    /// <summary>The photos that <see cref="Rank"/> puts first, with the same scores in the same order.</summary>
    /// <param name="references">As for <see cref="Rank"/>.</param>
    /// <param name="allowed">As for <see cref="Rank"/>.</param>
    /// <param name="photos">How many are wanted.</param>
    /// <returns>Null where there is no index, or it would not help: rank all.</returns>
    public PhotoScore[]? Best(IReadOnlyList<float[]> references, IReadOnlySet<PhotoId>? allowed, int photos)
    {
        if (photos > MostPhotos || _index is null)
            return null;
        var request = new SearchRequest
        {
            Allowed = allowed is null ? null : RowSet.Where(_rows.Count, row => allowed.Contains(Photo(row))),
            Threads = Threads,
        };
        // A photo may hold several faces that are near: more rows are asked for until there are photos enough, and none left out that is as
        // good as the last.
        for (var rows = photos + photos / 2 + 16; ; rows = (int)Math.Min(4L * rows, int.MaxValue))
        {
            var best = new Dictionary<PhotoId, PhotoScore>(rows);
            var unseen = double.NegativeInfinity; // no row that was not found scores higher
            foreach (var reference in references)
            {
                var near = _index.Search(reference, request with { K = rows });
                foreach (var neighbor in near)
                    Take(best, neighbor.Row, Dot(reference, Row(neighbor.Row)));
                if (near.Length == rows && rows < _rows.Count)
                    unseen = Math.Max(unseen, Slack * Math.Max(1, Math.Abs(near[^1].Distance)) - near[^1].Distance);
            }
            PhotoScore[] ranked = [.. best.Values];
            Array.Sort(ranked, Falling);
            if (ranked.Length > photos)
                ranked = ranked[..photos];
            if (double.IsNegativeInfinity(unseen) || (ranked.Length == photos && ranked[^1].Score > unseen))
                return ranked;
        }
    }

    private int Threads => _rows.Count >= RowsForAllCores ? Environment.ProcessorCount : 1;

    private void Take(Dictionary<PhotoId, PhotoScore> best, int row, float score)
    {
        var photo = Photo(row);
        if (!best.TryGetValue(photo, out var before) || score > before.Score || (score == before.Score && row < before.Row))
            best[photo] = new PhotoScore(photo, row, score);
    }
}
