using Sosia.Storage;

namespace Sosia.Search;

/// <summary>A photo's best face for some references.</summary>
internal readonly record struct PhotoScore(PhotoId Photo, int Row, float Score);

/// <summary>The embeddings of one space as they were at one moment, ready to be searched. Safe for many callers.</summary>
internal sealed partial class FaceTable(EmbeddingTable table)
{
    /// <summary>The catalogue's version this was read at.</summary>
    public long Version => table.Version;

    /// <summary>Faces that can be found.</summary>
    public int Count => table.Faces.Length;

    /// <summary>The face of a row.</summary>
    public FaceId Face(int row) => table.Faces[row];

    /// <summary>The photo of a row.</summary>
    public PhotoId Photo(int row) => table.Photos[row];

    /// <summary>The row of a face; negative when it has none.</summary>
    public int RowOf(FaceId face) => Array.BinarySearch(table.Faces, face, ById);

    private static readonly Comparer<FaceId> ById = Comparer<FaceId>.Create(static (a, b) => a.Value.CompareTo(b.Value));

    /// <summary>The embedding of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => table.Rows.AsSpan(row * table.Dimensions, table.Dimensions);

    /// <summary>Every photo once, with its best face, best first; equal scores in order of the photo's id.</summary>
    /// <param name="references">Unit rows; a face's score is its best cosine with any of them.</param>
    /// <param name="allowed">Only these photos; null for all.</param>
    public PhotoScore[] Rank(IReadOnlyList<float[]> references, IReadOnlySet<PhotoId>? allowed)
    {
        var scores = new float[Count];
        Array.Fill(scores, float.NegativeInfinity);
        var of = new float[Count];
        foreach (var reference in references)
        {
            Cosines(reference, of);
            for (var row = 0; row < scores.Length; row++) scores[row] = Math.Max(scores[row], of[row]);
        }

        var best = new Dictionary<PhotoId, PhotoScore>(Count);
        for (var row = 0; row < scores.Length; row++)
        {
            var photo = table.Photos[row];
            if (allowed is not null && !allowed.Contains(photo)) continue;
            if (!best.TryGetValue(photo, out var before) || scores[row] > before.Score) best[photo] = new PhotoScore(photo, row, scores[row]);
        }
        var ranked = best.Values.ToArray();
        Array.Sort(ranked, BestFirst);
        return ranked;
    }

    private static int BestFirst(PhotoScore one, PhotoScore other) =>
        one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Photo.Value.CompareTo(other.Photo.Value);

    private void Cosines(ReadOnlySpan<float> reference, Span<float> into)
    {
        for (var row = 0; row < into.Length; row++) into[row] = System.Numerics.Tensors.TensorPrimitives.Dot(reference, Row(row));
    }
}
