using System.Runtime.InteropServices;
using Sosia.Catalogue;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Search.Local.Segments;

/// <summary>As it lies in an index file.</summary>
/// <param name="Owner">Number of the face; in a space of photos, of the photo.</param>
/// <param name="Photo">Number of the photo.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RowId(long Owner, long Photo)
{
    /// <summary>Bytes that an index file keeps with a row.</summary>
    public const int Bytes = 2 * sizeof(long);

    /// <summary>What the rows of a table belong to.</summary>
    public static RowId[] Of(EmbeddingTable table)
    {
        var ids = new RowId[table.Count];
        for (var row = 0; row < ids.Length; row++)
            ids[row] = new RowId(table.OwnerOf(row), table.Photos[row].Value);
        return ids;
    }

    /// <summary>The same as an index file keeps it.</summary>
    public static byte[] Payload(EmbeddingTable table) => MemoryMarshal.AsBytes(Of(table).AsSpan()).ToArray();
}

/// <summary>What the rows of one table belong to, in order of their owners: as a segment keeps it, or as read from the catalogue.</summary>
internal readonly struct IdPart
{
    private readonly StoredIndex<InnerProduct>? _stored;
    private readonly RowId[] _read;

    /// <param name="segment">Open as long as this is used.</param>
    /// <param name="last">The last owner that belongs to it.</param>
    public IdPart(StoredIndex<InnerProduct> segment, long last) => (_stored, _read, Count, Last) = (segment, [], segment.Index.Count, last);

    /// <param name="table">In order of its owners.</param>
    /// <param name="last">The last owner that belongs to it.</param>
    public IdPart(EmbeddingTable table, long last = long.MaxValue) => (_read, Count, Last) = (RowId.Of(table), table.Count, last);

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>The last owner that belongs here.</summary>
    public long Last { get; }

    /// <summary>What each row belongs to.</summary>
    public ReadOnlySpan<RowId> Ids => _stored is null ? _read : MemoryMarshal.Cast<byte, RowId>(_stored.Payload);

    /// <summary>The row of an owner; −1 when it has none here.</summary>
    public int RowOf(long owner)
    {
        var ids = Ids;
        var (low, high) = (0, ids.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (ids[middle].Owner == owner)
                return middle;
            if (ids[middle].Owner < owner)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }
}
