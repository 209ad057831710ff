using System.Numerics.Tensors;
using Sosia.Catalogue;

namespace Sosia.Search.Ranking;

/// <summary>A photo's best row for some references: a face, or in a space of photos its only one.</summary>
/// <param name="Photo">The photo.</param>
/// <param name="Owner">The number of the face; in a space of photos, of the photo.</param>
/// <param name="Score">Its score.</param>
internal readonly record struct PhotoScore(PhotoId Photo, long Owner, float Score);

/// <summary>Ranks photos, each once with its best row. Equal scores stand in order of the photo's number.</summary>
/// <param name="vectors">What is searched.</param>
/// <param name="filter">Only these photos are ranked; null for all.</param>
/// <param name="ignored">Faces that don't count, as if they were not there; null for none.</param>
internal sealed class PhotoRanking(IVectorSearch vectors, VectorFilter? filter, IReadOnlySet<FaceId>? ignored = null)
{
    /// <summary>The best photos.</summary>
    /// <param name="references">Unit rows; a row's score is its best cosine with any of them.</param>
    /// <param name="photos">How many are wanted.</param>
    /// <param name="cancellation">Checked between searches.</param>
    public async ValueTask<PhotoScore[]> BestAsync(IReadOnlyList<float[]> references, int photos, CancellationToken cancellation = default)
    {
        // A photo may hold several faces that are near: more rows are asked for until there are photos enough, and none left out that is as
        // good as the last.
        for (var rows = (int)Math.Min(photos + photos / 8L + 16, int.MaxValue); ; rows = (int)Math.Min(4L * rows, int.MaxValue))
        {
            var best = new Dictionary<PhotoId, PhotoScore>();
            var leftOut = float.NegativeInfinity; // no row that was not found scores higher
            foreach (var hits in await vectors.NearestAsync(references, rows, filter, cancellation: cancellation))
            {
                foreach (var hit in hits)
                    if (ignored?.Contains(hit.Face) != true)
                        Take(best, hit);
                if (hits.Count == rows)
                    leftOut = Math.Max(leftOut, hits[^1].Score);
            }
            var ranked = Sorted(best.Values);
            if (ranked.Length > photos)
                ranked = ranked[..photos];
            if (float.IsNegativeInfinity(leftOut) || rows == int.MaxValue || (ranked.Length == photos && ranked[^1].Score > leftOut))
                return ranked;
        }
    }

    /// <summary>
    /// The best photos by the expanded score: candidates are taken by the plain one and ranked again; those behind them stay as they were.
    /// </summary>
    /// <param name="query">Unit row.</param>
    /// <param name="own">The query's own photo, which says nothing new of the person; null when it is not in the collection.</param>
    /// <param name="candidates">Photos ranked again.</param>
    /// <param name="photos">How many are wanted.</param>
    /// <param name="cancellation">Checked between searches.</param>
    public async ValueTask<PhotoScore[]> BestExpandedAsync(
        float[] query,
        PhotoId? own,
        int candidates,
        int photos,
        CancellationToken cancellation = default
    )
    {
        var ranked = await BestAsync([query], Math.Max(candidates, photos), cancellation);
        var again = ranked[..Math.Min(candidates, ranked.Length)];
        await ExpandAsync(again, query, own, cancellation);
        return [.. Sorted(again), .. ranked[again.Length..]];
    }

    /// <summary>
    /// Best photos after a change that lowers scores or leaves them, whatever it does to their order: photos are taken until no other can
    /// come before the last one wanted.
    /// </summary>
    /// <param name="best">The best photos by the score before, as many as asked for.</param>
    /// <param name="lower">The score afterwards.</param>
    /// <param name="photos">How many are wanted.</param>
    public static async ValueTask<PhotoScore[]> BestAfterAsync(
        Func<int, ValueTask<PhotoScore[]>> best,
        Func<IReadOnlyList<PhotoScore>, ValueTask<PhotoScore[]>> lower,
        int photos
    )
    {
        for (var taken = 2L * photos + 100; ; taken *= 4)
        {
            var before = await best((int)Math.Min(taken, int.MaxValue));
            var after = Sorted(await lower(before));
            if (before.Length < taken)
                return after;
            if (after.Length >= photos && after[photos - 1].Score > before[^1].Score)
                return after[..photos];
        }
    }

    /// <summary>Best first.</summary>
    public static PhotoScore[] Sorted(IEnumerable<PhotoScore> photos)
    {
        PhotoScore[] sorted = [.. photos];
        Array.Sort(sorted, static (one, other) =>
            one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Photo.Value.CompareTo(other.Photo.Value)
        );
        return sorted;
    }

    private static void Take(Dictionary<PhotoId, PhotoScore> best, VectorHit hit)
    {
        if (
            !best.TryGetValue(hit.Photo, out var before)
            || hit.Score > before.Score
            || (hit.Score == before.Score && hit.Owner < before.Owner)
        )
            best[hit.Photo] = new PhotoScore(hit.Photo, hit.Owner, hit.Score);
    }

    /// <summary>Gives candidates their expanded scores.</summary>
    private async ValueTask ExpandAsync(PhotoScore[] candidates, float[] query, PhotoId? own, CancellationToken cancellation)
    {
        var neighbourhoods = new Neighbourhoods(vectors, query);
        var expanded = await neighbourhoods.ExpandQueryAsync(own, cancellation);
        var rows = await neighbourhoods.ExpandCandidatesAsync(candidates, own is null, cancellation);
        for (var i = 0; i < candidates.Length; i++)
            candidates[i] = candidates[i] with { Score = TensorPrimitives.Dot(rows[i], expanded) };
    }
}
