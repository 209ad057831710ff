using System.Runtime.InteropServices;
using Sosia.Catalogue;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Search.Local;

/// <summary>
/// What every row of a space belongs to, a face or a whole photo, and its photo: those kept with an index file, or read from the catalogue,
/// then those that came since.
/// </summary>
internal sealed class RowIds
{
    /// <summary>Bytes that an index file keeps with a row: a <see cref="RowId"/>.</summary>
    public const int PayloadBytes = 2 * sizeof(long);

    private readonly StoredIndex<InnerProduct>? _stored;
    private readonly RowId[] _read;
    private readonly RowId[] _since;
    private Dictionary<long, int>? _rowsSince; // made when first asked for; several threads may make the same

    private RowIds(StoredIndex<InnerProduct>? stored, RowId[] read, RowId[] since) => (_stored, _read, _since) = (stored, read, since);

    public static RowIds Of(EmbeddingTable table) => new(null, IdsOf(table), []);

    public static RowIds Of(StoredIndex<InnerProduct> stored) => new(stored, [], []);

    /// <summary>Rows.</summary>
    public int Count => First.Length + _since.Length;

    /// <summary>What an index file keeps of a table.</summary>
    public static byte[] Payload(EmbeddingTable table) => MemoryMarshal.AsBytes(IdsOf(table).AsSpan()).ToArray();

    /// <summary>The same with rows behind it.</summary>
    public RowIds With(EmbeddingTable added) => new(_stored, _read, [.. _since, .. IdsOf(added)]);

    /// <summary>The number of a row's face; in a space of photos, of its photo.</summary>
    public long Owner(int row) => Of(row).Owner;

    public PhotoId Photo(int row) => new(Of(row).Photo);

    /// <summary>The row of a face, in a space of photos of a photo; −1 when it has none.</summary>
    public int RowOf(long owner)
    {
        var first = First;
        if (_since.Length > 0 && RowsSince.TryGetValue(owner, out var since)) // first: a row that was replaced stands in both
            return first.Length + since;
        var (low, high) = (0, first.Length - 1); // a table is in order of its owners
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (first[middle].Owner == owner)
                return middle;
            if (first[middle].Owner < owner)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    /// <summary>Of those that came since, the row of each owner; the last one where its row was replaced.</summary>
    private Dictionary<long, int> RowsSince
    {
        get
        {
            if (_rowsSince is { } made)
                return made;
            var rows = new Dictionary<long, int>(_since.Length);
            for (var row = 0; row < _since.Length; row++)
                rows[_since[row].Owner] = row;
            return _rowsSince = rows;
        }
    }

    private ReadOnlySpan<RowId> First => _stored is null ? _read : MemoryMarshal.Cast<byte, RowId>(_stored.Payload);

    private RowId Of(int row)
    {
        var first = First;
        return row < first.Length ? first[row] : _since[row - first.Length];
    }

    private static RowId[] IdsOf(EmbeddingTable table)
    {
        var ids = new RowId[table.Count];
        for (var row = 0; row < ids.Length; row++)
            ids[row] = new RowId(table.OwnerOf(row), table.Photos[row].Value);
        return ids;
    }

    /// <summary>As it lies in an index file.</summary>
    /// <param name="Owner">Number of the face; in a space of photos, of the photo.</param>
    /// <param name="Photo">Number of the photo.</param>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct RowId(long Owner, long Photo);
}
