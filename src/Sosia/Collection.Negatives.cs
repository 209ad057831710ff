using System.Numerics.Tensors;
using Sosia.Search;
using Sosia.Search.Local;

namespace Sosia;

public sealed partial class Collection
{
    /// <summary>Beyond this a likeness to a negative counts where the model has no calibration.</summary>
    private const float UncalibratedThreshold = 0.3f;

    /// <summary>
    /// Takes from each photo what its best face has in common with a negative beyond the threshold, and ranks anew. Strangers to the
    /// negatives keep their score, so its meaning holds; the others only fall, so it never promises too much.
    /// </summary>
    private void PushAway(PhotoScore[] ranked, IReadOnlyList<QueryPhoto> negatives, SpaceTable table)
    {
        var rows = negatives.Select(EmbeddingOf).ToArray();
        var free = Threshold ?? UncalibratedThreshold;
        for (var i = 0; i < ranked.Length; i++)
        {
            var row = table.Row(ranked[i].Row);
            var likeness = float.NegativeInfinity;
            foreach (var negative in rows)
                likeness = Math.Max(likeness, TensorPrimitives.Dot(negative, row));
            ranked[i] = ranked[i] with { Score = ranked[i].Score - Math.Max(0, likeness - free) };
        }
        Array.Sort(ranked, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Photo.Value.CompareTo(b.Photo.Value));
    }
}
