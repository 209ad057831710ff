using System.Runtime.InteropServices;
using System.Text;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Rows;

namespace Sosia.Vectors.Stored;

/// <summary>
/// Writes exact indexes to files and opens them. The files are derived and immutable: when anything is wrong with one, it is written again.
/// </summary>
public static class IndexFile
{
    private const int RowsBetweenChecks = 4096;

    /// <summary>Writes an index with its rows, beside and then renamed.</summary>
    /// <param name="path">The file. An existing one is replaced; who has it open still reads the old one.</param>
    /// <param name="index">Without deleted rows: write a table that does not have them.</param>
    /// <param name="stamp">What it was made from.</param>
    /// <param name="payload">Rows × <see cref="IndexStamp.PayloadBytes"/> bytes.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="ArgumentException">Deleted rows, a payload of another length, or an identity that is too long.</exception>
    /// <exception cref="IOException">The disk is full or refuses; a file that was there is still there.</exception>
    public static void Write<TMetric>(
        string path,
        ExactIndex<TMetric> index,
        IndexStamp stamp,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellation = default
    )
        where TMetric : struct, IProductMetric => WriteFile(path, index, stamp, payload, holdsRows: true, cancellation);

    /// <summary>
    /// Writes an index beside a file that holds its rows: what is needed to search it without reading it all. Each row's checksum is kept,
    /// so that a row which is not what it was is noticed when it is compared; let the stamp say which file it was.
    /// </summary>
    /// <param name="path">The file. An existing one is replaced.</param>
    /// <param name="index">Without deleted rows.</param>
    /// <param name="stamp">What it was made from; no payload is kept.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="ArgumentException">Deleted rows, or an identity that is too long.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void WriteBeside<TMetric>(
        string path,
        ExactIndex<TMetric> index,
        IndexStamp stamp,
        CancellationToken cancellation = default
    )
        where TMetric : struct, IProductMetric =>
        WriteFile(path, index, stamp with { PayloadBytes = 0 }, default, holdsRows: false, cancellation);

    private static unsafe void WriteFile<TMetric>(
        string path,
        ExactIndex<TMetric> index,
        IndexStamp stamp,
        ReadOnlyMemory<byte> payload,
        bool holdsRows,
        CancellationToken cancellation
    )
        where TMetric : struct, IProductMetric
    {
        ArgumentNullException.ThrowIfNull(index);
        Check(index.Deleted, stamp, payload.Length, index.Count);
        var rotation = index.Rotation;
        var meta = Meta(index, rotation, payload.Span);
        var directions = rotation.Rotates ? rotation.Coordinates : 0;
        var header = new IndexHeader(
            default(TMetric).Name,
            index.Count,
            index.Dimensions,
            directions,
            rotation.Kept,
            index.Layout.Bytes,
            index.Blocks.Length,
            index.Encoding.LearntFrom,
            holdsRows,
            stamp,
            meta.Checksum
        );
        using var held = index.Rows.KeepOpen();
        DerivedFile.Write(
            path,
            stream =>
            {
                stream.Write(header.ToBytes());
                At(stream, IndexHeader.RotationAt).Write(meta.Rotation);
                At(stream, header.BlocksAt).Write(meta.Blocks);
                At(stream, header.PayloadAt).Write(payload.Span);
                At(stream, header.ChecksumsAt);
                for (var row = 0; row < index.Count; row++)
                    stream.Write(BitConverter.GetBytes(Checksum.Of(MemoryMarshal.AsBytes(index.Rows.Row(row)))));
                var record = 0;
                foreach (var block in index.Blocks)
                {
                    At(stream, header.RecordAt(record)).Write(block.Bytes(index.Layout));
                    record += block.Padded;
                }
                foreach (var block in index.Blocks)
                    if (header.HasSecond)
                        At(stream, header.SecondAt(block.First)).Write(new(block.Seconds, block.Count * RecordLayout.Second.Bytes));
                At(stream, header.RowsAt);
                for (var row = 0; row < index.Count && header.HoldsRows; row++)
                {
                    if (row % RowsBetweenChecks == 0)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        index.Rows.ThrowIfCutOff();
                    }
                    stream.Write(MemoryMarshal.AsBytes(index.Rows.Row(row)));
                }
                stream.SetLength(header.FileBytes);
            }
        );
    }

    /// <summary>Opens a file that <see cref="Write"/> wrote. Each part is checked when it is first read.</summary>
    /// <param name="path">The file; must not be changed while it is open (replacing it is no change).</param>
    /// <exception cref="DamagedFileException">It is not what it should be; searches throw the same when they come upon damage.</exception>
    /// <exception cref="UnsupportedFileException">It is of another version of the format: write it again.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    public static StoredIndex<TMetric> Open<TMetric>(string path)
        where TMetric : struct, IProductMetric => StoredIndex<TMetric>.Open(path, null, null);

    /// <summary>
    /// Opens a file that <see cref="Write"/> wrote, which may be of an encoding that is there: then the index shares it, and opens faster.
    /// </summary>
    /// <inheritdoc cref="Open{TMetric}(string)"/>
    public static StoredIndex<TMetric> OpenLike<TMetric>(string path, RowEncoding? like)
        where TMetric : struct, IProductMetric => StoredIndex<TMetric>.Open(path, null, like);

    /// <summary>Opens a file that <see cref="WriteBeside"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The rows it was written for; must stay as long as the index.</param>
    /// <exception cref="DamagedFileException">It is not what it should be, or was written for other rows.</exception>
    /// <exception cref="UnsupportedFileException">It is of another version of the format: write it again.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    public static StoredIndex<TMetric> Open<TMetric>(string path, IRowReader rows)
        where TMetric : struct, IProductMetric
    {
        ArgumentNullException.ThrowIfNull(rows);
        return StoredIndex<TMetric>.Open(path, rows, null);
    }

    private static void Check(RowSet? deleted, IndexStamp stamp, int payloadBytes, int rows)
    {
        if (deleted is { Count: > 0 })
            throw new ArgumentException("Expected an index without deleted rows.");
        if (stamp.PayloadBytes is < 0 or > IndexStamp.MostPayloadBytes)
            throw new ArgumentException($"Expected a payload of at most {IndexStamp.MostPayloadBytes} bytes, got {stamp.PayloadBytes}.");
        if (payloadBytes != (long)rows * stamp.PayloadBytes)
            throw new ArgumentException($"Expected {(long)rows * stamp.PayloadBytes} bytes of payload, got {payloadBytes}.");
        if (Encoding.UTF8.GetByteCount(stamp.Identity) > IndexStamp.MostIdentityBytes)
            throw new ArgumentException($"Expected an identity of at most {IndexStamp.MostIdentityBytes} bytes, got \"{stamp.Identity}\".");
        if (Encoding.UTF8.GetByteCount(stamp.Nonce) > IndexStamp.MostNonceBytes)
            throw new ArgumentException($"Expected a nonce of at most {IndexStamp.MostNonceBytes} bytes, got \"{stamp.Nonce}\".");
    }

    private static (byte[] Rotation, byte[] Blocks, uint Checksum) Meta<TMetric>(
        ExactIndex<TMetric> index,
        Rotation rotation,
        ReadOnlySpan<byte> payload
    )
        where TMetric : struct, IProductMetric
    {
        byte[] turn = [.. MemoryMarshal.AsBytes(rotation.Mean.AsSpan()), .. MemoryMarshal.AsBytes(rotation.Directions)];
        using var blocks = new MemoryStream();
        using var writer = new BinaryWriter(blocks);
        foreach (var block in index.Blocks)
        {
            writer.Write(block.First);
            writer.Write(block.Count);
            writer.Write(block.Limits.Norm);
            writer.Write(block.Limits.Half);
            writer.Write(Checksum.Of(block.Bytes(index.Layout)));
        }
        return (turn, blocks.ToArray(), MetaChecksum(turn, blocks.ToArray(), payload));
    }

    internal static uint MetaChecksum(ReadOnlySpan<byte> rotation, ReadOnlySpan<byte> blocks, ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<uint> parts = [Checksum.Of(rotation), Checksum.Of(blocks), Checksum.Of(payload)];
        return Checksum.Of(MemoryMarshal.AsBytes(parts));
    }

    private static Stream At(Stream stream, long position)
    {
        stream.Position = position;
        return stream;
    }
}
