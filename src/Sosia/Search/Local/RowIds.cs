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
    /// <summary>
    /// Bytes that an index file keeps with a row: the number of its owner (<see cref="EmbeddingTable.OwnerOf"/>), and that of its photo.
    /// </summary>
    public const int PayloadBytes = 2 * sizeof(long);

    private readonly StoredIndex<InnerProduct>? _stored;
    private readonly long[] _read,
        _since;

    private Dictionary<long, int>? _rowsSince; // made when first asked for; several threads may make the same

    private RowIds(StoredIndex<InnerProduct>? stored, long[] read, long[] since) => (_stored, _read, _since) = (stored, read, since);

    public static RowIds Of(EmbeddingTable table) => new(null, Pairs(table), []);

    public static RowIds Of(StoredIndex<InnerProduct> stored) => new(stored, [], []);

    /// <summary>Rows.</summary>
    public int Count => First.Length / 2 + _since.Length / 2;

    /// <summary>What an index file keeps of a table.</summary>
    public static byte[] Payload(EmbeddingTable table) => MemoryMarshal.AsBytes(Pairs(table).AsSpan()).ToArray();

    /// <summary>The same with rows behind it.</summary>
    public RowIds With(EmbeddingTable added) => new(_stored, _read, [.. _since, .. Pairs(added)]);

    public FaceId Face(int row) => new(Number(row, 0));

    public PhotoId Photo(int row) => new(Number(row, 1));

    /// <summary>The row of a face, in a space of photos of a photo; −1 when it has none.</summary>
    public int RowOf(long owner)
    {
        var first = First;
        if (_since.Length > 0 && RowsSince.TryGetValue(owner, out var since)) // first: a row that was replaced stands in both
            return first.Length / 2 + since;
        var (low, high) = (0, first.Length / 2 - 1); // a table is in order of its owners
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (first[2 * middle] == owner)
                return middle;
            if (first[2 * middle] < owner)
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
            var rows = new Dictionary<long, int>(_since.Length / 2);
            for (var row = 0; row < _since.Length / 2; row++)
                rows[_since[2 * row]] = row;
            return _rowsSince = rows;
        }
    }

    private ReadOnlySpan<long> First => _stored is null ? _read : MemoryMarshal.Cast<byte, long>(_stored.Payload);

    private long Number(int row, int which)
    {
        var first = First;
        var at = 2 * row + which;
        return at < first.Length ? first[at] : _since[at - first.Length];
    }

    private static long[] Pairs(EmbeddingTable table)
    {
        var pairs = new long[2 * table.Count];
        for (var row = 0; row < table.Count; row++)
            (pairs[2 * row], pairs[2 * row + 1]) = (table.OwnerOf(row), table.Photos[row].Value);
        return pairs;
    }
}
