using System.Runtime.CompilerServices;
using Sosia.Catalogue;
using Sosia.Search.Local.Segments;
using Sosia.Search.Ranking;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Search.Local;

/// <summary>
/// The embeddings of one space as they were at one moment, ready to be searched: read from the catalogue, or where an index file has them,
/// with what changed since behind them. Never changes; safe for many callers.
/// </summary>
internal sealed partial class VectorTable
{
    /// <summary>So many rows are fetched, and checked, in a few milliseconds.</summary>
    private const int FewRows = 50_000;

    private readonly IRowReader _rows;
    private readonly RowIds _ids;
    private readonly RowSet? _deleted;
    private readonly ExactIndex<InnerProduct>? _index;
    private readonly Since? _since;
    private readonly OpenSegments? _segments;

    private VectorTable(
        IRowReader rows,
        RowIds ids,
        OpenSegments? segments,
        RowSet? deleted,
        ExactIndex<InnerProduct>? index,
        Since? since,
        Revision revision
    )
    {
        (_rows, _ids, _segments, _deleted, _index, _since, Revision) = (rows, ids, segments, deleted, index, since, revision);
    }

    /// <summary>What the catalogue has, to be scanned; or with an index over the same rows.</summary>
    public VectorTable(EmbeddingTable table, ExactIndex<InnerProduct>? index = null)
        : this(table.Rows, RowIds.Of(new IdPart(table)), null, null, index, null, table.Revision) { }

    /// <summary>The state of the catalogue that this was read at.</summary>
    public Revision Revision { get; }

    /// <summary>The segments that this was made of; null for rows of the catalogue alone.</summary>
    public OpenSegments? Segments => _segments;

    /// <summary>Keeps the segments open until the returned object is disposed; null where there are none.</summary>
    /// <exception cref="Vectors.DamagedFileException">One was cut off.</exception>
    public IDisposable? KeepOpen() => _rows.KeepOpen();

    /// <summary>Closes the segments, for this and all tables made of them, when the last search on them has ended.</summary>
    public void Close() => _segments?.Dispose();

    /// <summary>What the segments of an index have.</summary>
    /// <param name="segments">At least one; closed with the table.</param>
    /// <param name="missing">Gives the rows of a segment that is missing or of no use, from the catalogue.</param>
    /// <param name="cancellation">Checked every few thousand rows that have to be encoded.</param>
    public static VectorTable Of(OpenSegments segments, Func<int, EmbeddingTable> missing, CancellationToken cancellation = default)
    {
        var encoding = segments.Encoding!;
        var (indexes, ids) = (new List<ExactIndex<InnerProduct>>(), new List<IdPart>());
        for (var i = 0; i < segments.Stored.Count; i++)
        {
            var last = segments.List.Segments[i].Last;
            if (segments.Stored[i] is { } stored)
            {
                indexes.Add(stored.Index);
                ids.Add(new IdPart(stored, last));
                continue;
            }
            var read = missing(i);
            indexes.Add(ExactIndex.Encode<InnerProduct>(read.Rows, encoding, Environment.ProcessorCount, cancellation));
            ids.Add(new IdPart(read, last));
        }
        var index = ExactIndex.Join<InnerProduct>(indexes);
        return new VectorTable(
            new JoinedRows([.. indexes.Select(part => part.Rows)]),
            RowIds.Of(ids),
            segments,
            null,
            index,
            null,
            segments.List.Revision
        );
    }

    /// <summary>Rows that can be found.</summary>
    public int Count => _rows.Count - Removed;

    /// <summary>Rows whose owners are gone.</summary>
    public int Removed => _deleted?.Count ?? 0;

    /// <summary>Whether the nearest rows are found by an index and not by a scan.</summary>
    public bool IsIndexed => _index is not null;

    /// <summary>Rows that came since this was read as a whole.</summary>
    public int Added => _since?.Rows.Count ?? 0;

    /// <summary>Floats a row.</summary>
    public int Dimensions => _rows.Dimensions;

    /// <summary>The number of a row's face; in a space of photos, of its photo.</summary>
    public long Owner(int row) => _ids.Owner(row);

    /// <summary>The photo of a row.</summary>
    public PhotoId Photo(int row) => _ids.Photo(row);

    /// <summary>The embedding of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => _rows.Row(row);

    /// <summary>The row of a face, in a space of photos of a photo; negative when it has none.</summary>
    public int RowOf(long owner)
    {
        var row = _ids.RowOf(owner);
        return row >= 0 && IsThere(row) ? row : -1;
    }

    /// <summary>Fetches the rows of a small table, which the first search would wait for.</summary>
    /// <returns>Rows that can be found.</returns>
    public int Warm()
    {
        for (var row = 0; row < _rows.Count && _rows.Count <= FewRows; row++)
            _ = Row(row);
        return Count;
    }

    private bool IsThere(int row) => _deleted?.Contains(row) != true;

    /// <summary>The scan waits for memory, so all cores ask for it.</summary>
    private void Cosines(float[] reference, float[] into)
    {
        var parts = Environment.ProcessorCount;
        Parallel.For(0, parts, part =>
            Scan(reference, into, (int)((long)into.Length * part / parts), (int)((long)into.Length * (part + 1) / parts))
        );
    }

    // Optimised from the first call: a search from the shell scans once, before the runtime would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scan(ReadOnlySpan<float> reference, Span<float> into, int first, int end)
    {
        for (var row = first; row < end; row++)
            into[row] = Similarity.Of(reference, Row(row));
    }
}
