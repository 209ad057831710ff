using System.Numerics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Search.Local;

/// <summary>A photo's best row for some references: a face, or in a space of photos its only one.</summary>
internal readonly record struct PhotoScore(PhotoId Photo, int Row, float Score);

/// <summary>
/// The embeddings of one space as they were at one moment, ready to be searched: read from the catalogue, or where an index file has them,
/// with what changed since behind them. Never changes; safe for many callers.
/// </summary>
internal sealed partial class SpaceTable
{
    private readonly IRowReader _rows;
    private readonly RowIds _ids;
    private readonly RowSet? _deleted;
    private readonly ExactIndex<InnerProduct>? _index;
    private readonly Since? _since;
    private readonly StoredIndex<InnerProduct>? _stored;
    private readonly Lazy<PhotoNumbers> _photos;

    private SpaceTable(
        IRowReader rows,
        RowIds ids,
        StoredIndex<InnerProduct>? stored,
        RowSet? deleted,
        ExactIndex<InnerProduct>? index,
        Since? since,
        Revision revision
    )
    {
        (_rows, _ids, _stored, _deleted, _index, _since, Revision) = (rows, ids, stored, deleted, index, since, revision);
        _photos = new Lazy<PhotoNumbers>(() => PhotoNumbers.Of(this));
    }

    /// <summary>What the catalogue has, to be scanned; or with an index over the same rows.</summary>
    public SpaceTable(EmbeddingTable table, ExactIndex<InnerProduct>? index = null)
        : this(table.Rows, RowIds.Of(table), null, null, index, null, table.Revision) { }

    /// <summary>What an index file has.</summary>
    public SpaceTable(StoredIndex<InnerProduct> stored)
        : this(stored.Rows, RowIds.Of(stored), stored, null, stored.Index, null, new Revision(stored.Stamp.Version, stored.Stamp.Nonce)) { }

    /// <summary>The state of the catalogue that this was read at.</summary>
    public Revision Revision { get; }

    /// <summary>Whether this came from an index file.</summary>
    public bool IsStored => _stored is not null;

    /// <summary>Whether this and another came from the same opening of an index file, or both from none.</summary>
    public bool SharesFileWith(SpaceTable? other) => ReferenceEquals(_stored, other?._stored);

    /// <summary>Keeps the index file open until the returned object is disposed; null where there is none.</summary>
    /// <exception cref="Vectors.DamagedFileException">The file was cut off.</exception>
    public IDisposable? KeepOpen() => _stored?.KeepOpen();

    /// <summary>Closes the index file, for this and all tables made of it, when the last search on them has ended.</summary>
    public void Close() => _stored?.Dispose();

    /// <summary>Rows that can be found.</summary>
    public int Count => _rows.Count - Removed;

    /// <summary>Rows whose owners are gone.</summary>
    public int Removed => _deleted?.Count ?? 0;

    /// <summary>Whether the nearest rows are found by an index and not by a scan.</summary>
    public bool IsIndexed => _index is not null;

    /// <summary>Rows that came since this was read as a whole.</summary>
    public int Added => _since?.Rows.Count ?? 0;

    private int Dimensions => _rows.Dimensions;

    /// <summary>The face of a row, in a space of faces.</summary>
    public FaceId Face(int row) => _ids.Face(row);

    /// <summary>The photo of a row.</summary>
    public PhotoId Photo(int row) => _ids.Photo(row);

    /// <summary>The row of a face, in a space of faces; negative when it has none.</summary>
    public int RowOf(FaceId face) => RowOf(face.Value);

    /// <summary>The row of a photo, in a space of photos; negative when it has none.</summary>
    public int RowOf(PhotoId photo) => RowOf(photo.Value);

    /// <summary>The embedding of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => _rows.Row(row);

    /// <summary>Every photo once, with its best face, best first; equal scores in order of the photo's id.</summary>
    /// <param name="references">Unit rows; a face's score is its best cosine with any of them.</param>
    /// <param name="allowed">Only these photos; null for all.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PhotoScore[] Rank(IReadOnlyList<float[]> references, IReadOnlySet<PhotoId>? allowed)
    {
        var scores = new float[_rows.Count];
        Array.Fill(scores, float.NegativeInfinity);
        var of = new float[scores.Length];
        foreach (var reference in references)
        {
            Cosines(reference, of);
            for (var row = 0; row < scores.Length; row++)
                scores[row] = Math.Max(scores[row], of[row]);
        }

        return BestFirst(BestOfEachPhoto(scores), scores, allowed);
    }

    private int RowOf(long owner) => _ids.RowOf(owner) is >= 0 and var row && IsThere(row) ? row : -1;

    private bool IsThere(int row) => _deleted?.Contains(row) != true;

    /// <summary>The best row of each photo.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] BestOfEachPhoto(float[] scores)
    {
        var best = new int[_photos.Value.Ids.Length];
        Array.Fill(best, -1);
        for (var row = 0; row < scores.Length; row++)
        {
            if (!IsThere(row))
                continue;
            ref var before = ref best[_photos.Value.OfRow[row]];
            if (before < 0 || scores[row] > scores[before])
                before = row;
        }
        return best;
    }

    /// <summary>
    /// Sorts by one number a photo: its score turned into an integer that rises as the score falls, then its place among the ids.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private PhotoScore[] BestFirst(int[] best, float[] scores, IReadOnlySet<PhotoId>? allowed)
    {
        var ids = _photos.Value.Ids;
        var keys = new ulong[best.Length];
        var count = 0;
        for (var photo = 0; photo < best.Length; photo++)
        {
            if (allowed is not null && !allowed.Contains(ids[photo]))
                continue;
            var bits = BitConverter.SingleToUInt32Bits(scores[best[photo]]);
            var rising = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000; // as IEEE 754 orders floats
            keys[count++] = (ulong)~rising << 32 | (uint)photo;
        }
        Array.Sort(keys, 0, count);
        var ranked = new PhotoScore[count];
        for (var i = 0; i < count; i++)
        {
            var photo = (int)(uint)keys[i];
            ranked[i] = new PhotoScore(ids[photo], best[photo], scores[best[photo]]);
        }
        return ranked;
    }

    /// <summary>The photos of the rows that are there, numbered in order of their ids.</summary>
    private sealed record PhotoNumbers(PhotoId[] Ids, int[] OfRow)
    {
        public static PhotoNumbers Of(SpaceTable table)
        {
            var rows = Enumerable.Range(0, table._rows.Count).Where(table.IsThere);
            PhotoId[] ids = [.. rows.Select(table.Photo).Distinct().OrderBy(id => id.Value)];
            var numbers = new Dictionary<PhotoId, int>(ids.Length);
            for (var i = 0; i < ids.Length; i++)
                numbers[ids[i]] = i;
            var ofRow = new int[table._rows.Count];
            foreach (var row in rows)
                ofRow[row] = numbers[table.Photo(row)];
            return new PhotoNumbers(ids, ofRow);
        }
    }

    /// <summary>The scan waits for memory, so all cores ask for it.</summary>
    private void Cosines(float[] reference, float[] into)
    {
        var parts = Environment.ProcessorCount;
        Parallel.For(
            0,
            parts,
            part => Scan(reference, into, (int)((long)into.Length * part / parts), (int)((long)into.Length * (part + 1) / parts))
        );
    }

    // Optimised from the first call: a search from the shell scans once, before the runtime would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scan(ReadOnlySpan<float> reference, Span<float> into, int first, int end)
    {
        for (var row = first; row < end; row++)
            into[row] = Dot(reference, Row(row));
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
        for (; i < one.Length; i++)
            sum += one[i] * other[i];
        return sum;
    }
}
