using System.Numerics.Tensors;
using Sosia.Storage;

namespace Sosia.Search;

/// <summary>A photo and how much it looks like some references.</summary>
internal readonly record struct LookScore(PhotoId Photo, float Score);

/// <summary>The rows of a space of photos as they were at one moment, ready to be searched. Safe for many callers.</summary>
/// <param name="key">The space's key.</param>
/// <param name="table">Its rows, one a photo, in order of photo id.</param>
internal sealed class LookTable(string key, EmbeddingTable table)
{
    private static readonly Comparer<PhotoId> ById = Comparer<PhotoId>.Create(static (a, b) => a.Value.CompareTo(b.Value));

    /// <summary>What names the space.</summary>
    public string Key => key;

    /// <summary>The catalogue's version this was read at.</summary>
    public long Version => table.Version;

    /// <summary>Photos that can be found by look.</summary>
    public int Count => table.Photos.Length;

    /// <summary>The row of a photo; null when it has none.</summary>
    public float[]? RowOf(PhotoId photo) => Array.BinarySearch(table.Photos, photo, ById) is >= 0 and var row ? Row(row).ToArray() : null;

    /// <summary>Every photo, most alike first; equal scores in order of the photo's id.</summary>
    /// <param name="references">Unit rows; a photo's score is its best cosine with any of them.</param>
    /// <param name="allowed">Only these photos; null for all.</param>
    public LookScore[] Rank(IReadOnlyList<float[]> references, IReadOnlySet<PhotoId>? allowed)
    {
        var scores = new LookScore[Count];
        var parts = Environment.ProcessorCount; // the scan waits for memory, so all cores ask for it
        Parallel.For(0, parts, part =>
        {
            for (var row = (int)((long)Count * part / parts); row < (int)((long)Count * (part + 1) / parts); row++)
            {
                var best = float.NegativeInfinity;
                foreach (var reference in references) best = Math.Max(best, TensorPrimitives.Dot(reference, Row(row)));
                scores[row] = new LookScore(table.Photos[row], Math.Clamp(best, -1, 1));
            }
        });
        if (allowed is not null) scores = Array.FindAll(scores, score => allowed.Contains(score.Photo));
        Array.Sort(scores, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Photo.Value.CompareTo(b.Photo.Value));
        return scores;
    }

    private ReadOnlySpan<float> Row(int row) => table.Rows.AsSpan(row * table.Dimensions, table.Dimensions);
}
