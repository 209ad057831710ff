using System.Runtime.CompilerServices;
using Sosia.Catalogue;
using Sosia.Search.Ranking;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

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
    private readonly StoredIndex<InnerProduct>? _stored;

    private VectorTable(
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
    }

    /// <summary>What the catalogue has, to be scanned; or with an index over the same rows.</summary>
    public VectorTable(EmbeddingTable table, ExactIndex<InnerProduct>? index = null)
        : this(table.Rows, RowIds.Of(table), null, null, index, null, table.Revision) { }

    /// <summary>What an index file has.</summary>
    public VectorTable(StoredIndex<InnerProduct> stored)
        : this(stored.Rows, RowIds.Of(stored), stored, null, stored.Index, null, new Revision(stored.Stamp.Version, stored.Stamp.Nonce)) { }

    /// <summary>The state of the catalogue that this was read at.</summary>
    public Revision Revision { get; }

    /// <summary>Whether this came from an index file.</summary>
    public bool IsStored => _stored is not null;

    /// <summary>Whether this and another came from the same opening of an index file, or both from none.</summary>
    public bool SharesFileWith(VectorTable? other) => ReferenceEquals(_stored, other?._stored);

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
            into[row] = Similarity.Of(reference, Row(row));
    }
}
