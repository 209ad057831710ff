using System.Numerics;
using System.Runtime.CompilerServices;
using Sosia.Storage;

namespace Sosia.Search;

/// <summary>A photo's best face for some references.</summary>
internal readonly record struct PhotoScore(PhotoId Photo, int Row, float Score);

/// <summary>The embeddings of one space as they were at one moment, ready to be searched. Safe for many callers.</summary>
internal sealed partial class FaceTable(EmbeddingTable table)
{
    private readonly PhotoNumbers _photos = PhotoNumbers.Of(table.Photos);

    /// <summary>The catalogue's version this was read at.</summary>
    public long Version => table.Version;

    /// <summary>Faces that can be found.</summary>
    public int Count => table.Faces.Length;

    private int Dimensions => table.Dimensions;

    /// <summary>The face of a row.</summary>
    public FaceId Face(int row) => table.Faces[row];

    /// <summary>The photo of a row.</summary>
    public PhotoId Photo(int row) => table.Photos[row];

    /// <summary>The row of a face; negative when it has none.</summary>
    public int RowOf(FaceId face) => Array.BinarySearch(table.Faces, face, ById);

    private static readonly Comparer<FaceId> ById = Comparer<FaceId>.Create(static (a, b) => a.Value.CompareTo(b.Value));

    /// <summary>The embedding of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => table.Rows.AsSpan(row * table.Dimensions, table.Dimensions);

    /// <summary>Has the runtime compile what a search runs, before there is anybody to wait for it.</summary>
    public static void Warm()
    {
        const int rows = 40;
        var ids = Enumerable.Range(0, rows).ToArray();
        var table = new EmbeddingTable(rows, [.. Enumerable.Repeat(0.1f, rows * rows)], Array.ConvertAll(ids, id => new FaceId(id)), Array.ConvertAll(ids, id => new PhotoId(id)), 0);
        new FaceTable(table).Rank([new float[rows]], null);
    }

    /// <summary>Every photo once, with its best face, best first; equal scores in order of the photo's id.</summary>
    /// <param name="references">Unit rows; a face's score is its best cosine with any of them.</param>
    /// <param name="allowed">Only these photos; null for all.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        return BestFirst(BestOfEachPhoto(scores), scores, allowed);
    }

    /// <summary>The best row of each photo.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] BestOfEachPhoto(float[] scores)
    {
        var best = new int[_photos.Ids.Length];
        Array.Fill(best, -1);
        for (var row = 0; row < scores.Length; row++)
        {
            ref var before = ref best[_photos.OfRow[row]];
            if (before < 0 || scores[row] > scores[before]) before = row;
        }
        return best;
    }

    /// <summary>Sorts by one number a photo: its score turned into an integer that rises as the score falls, then its place among the ids.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private PhotoScore[] BestFirst(int[] best, float[] scores, IReadOnlySet<PhotoId>? allowed)
    {
        var keys = new ulong[best.Length];
        var count = 0;
        for (var photo = 0; photo < best.Length; photo++)
        {
            if (allowed is not null && !allowed.Contains(_photos.Ids[photo])) continue;
            var bits = BitConverter.SingleToUInt32Bits(scores[best[photo]]);
            var rising = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000; // as IEEE 754 orders floats
            keys[count++] = (ulong)~rising << 32 | (uint)photo;
        }
        Array.Sort(keys, 0, count);
        var ranked = new PhotoScore[count];
        for (var i = 0; i < count; i++)
        {
            var photo = (int)(uint)keys[i];
            ranked[i] = new PhotoScore(_photos.Ids[photo], best[photo], scores[best[photo]]);
        }
        return ranked;
    }

    /// <summary>The photos of the rows, numbered in order of their ids.</summary>
    private sealed record PhotoNumbers(PhotoId[] Ids, int[] OfRow)
    {
        public static PhotoNumbers Of(PhotoId[] rows)
        {
            PhotoId[] ids = [.. rows.Distinct().OrderBy(id => id.Value)];
            var numbers = new Dictionary<PhotoId, int>(ids.Length);
            for (var i = 0; i < ids.Length; i++) numbers[ids[i]] = i;
            return new PhotoNumbers(ids, Array.ConvertAll(rows, id => numbers[id]));
        }
    }

    /// <summary>The scan waits for memory, so all cores ask for it.</summary>
    private void Cosines(float[] reference, float[] into)
    {
        var parts = Environment.ProcessorCount;
        Parallel.For(0, parts, part => Scan(reference, into, (int)((long)Count * part / parts), (int)((long)Count * (part + 1) / parts)));
    }

    // Optimised from the first call: a search from the shell scans once, before the runtime would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scan(ReadOnlySpan<float> reference, Span<float> into, int first, int end)
    {
        for (var row = first; row < end; row++) into[row] = Dot(reference, Row(row));
    }

    /// <summary>Four sums side by side, so that an addition need not wait for the one before; the rest one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var wide = Vector<float>.Count;
        var i = 0;
        for (; i <= one.Length - 4 * wide; i += 4 * wide)
        {
            a += new Vector<float>(one[i..]) * new Vector<float>(other[i..]);
            b += new Vector<float>(one[(i + wide)..]) * new Vector<float>(other[(i + wide)..]);
            c += new Vector<float>(one[(i + 2 * wide)..]) * new Vector<float>(other[(i + 2 * wide)..]);
            d += new Vector<float>(one[(i + 3 * wide)..]) * new Vector<float>(other[(i + 3 * wide)..]);
        }
        var sum = Vector.Sum(a + b + (c + d));
        for (; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }
}
