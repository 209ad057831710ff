using System.Text;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Rows;

namespace Sosia.Vectors.Stored;

/// <summary>
/// The first page of an index file. It gives all sizes, so the places of everything else follow from it, each on a page of its own:
/// mean and directions, block table, payload, row checksums, records, second records, rows. Numbers are little-endian.
/// </summary>
internal sealed record IndexHeader(
    string Metric,
    int Rows,
    int Dimensions,
    int Directions,
    int Kept,
    int RecordBytes,
    int Blocks,
    int LearntFrom,
    bool HoldsRows,
    IndexStamp Stamp,
    uint MetaChecksum
)
{
    public const int PageBytes = 4096;
    public const int BlockEntryBytes = 20;
    private const int FormatVersion = 3;
    private const int MostDimensions = 1 << 20;
    private static ReadOnlySpan<byte> Magic => "SOSIAVEC"u8;

    public int Padded => Projection.Pad(Dimensions);
    public const long RotationAt = PageBytes;
    public long RotationBytes => (Dimensions + (long)Directions * Padded) * sizeof(float);
    public long BlocksAt => Page(RotationAt + RotationBytes);
    public long BlocksBytes => (long)Blocks * BlockEntryBytes;
    public long PayloadAt => Page(BlocksAt + BlocksBytes);
    public long PayloadBytes => (long)Rows * Stamp.PayloadBytes;
    public long ChecksumsAt => Page(PayloadAt + PayloadBytes);
    public long RecordsAt => Page(ChecksumsAt + (long)Rows * sizeof(uint));
    public long SecondsAt => Page(RecordsAt + (Rows + 4L * Blocks) * RecordBytes);
    public bool HasSecond => Directions > Kept;
    public long RowsAt => Page(SecondsAt + (HasSecond ? (long)Rows * RecordLayout.Second.Bytes : 0));
    public long FileBytes => Page(RowsAt + (HoldsRows ? (long)Rows * Dimensions * sizeof(float) : 0));

    /// <summary>Where the second record of a row is.</summary>
    public long SecondAt(int row) => SecondsAt + (long)row * RecordLayout.Second.Bytes;

    /// <summary>Where a record is, counted through all blocks; each block ends with a whole four.</summary>
    public long RecordAt(int number) => RecordsAt + (long)number * RecordBytes;

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream(PageBytes);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(FormatVersion);
        writer.Write(Metric);
        foreach (var number in new[] { Rows, Dimensions, Directions, Kept, RecordBytes, Blocks, LearntFrom, Stamp.PayloadBytes })
            writer.Write(number);
        writer.Write(HoldsRows);
        writer.Write(Stamp.Version);
        writer.Write(Stamp.Identity);
        writer.Write(Stamp.Nonce);
        writer.Write(MetaChecksum);
        writer.Write(FileBytes);
        var page = new byte[PageBytes];
        stream.ToArray().CopyTo(page, 0);
        BitConverter.TryWriteBytes(page.AsSpan(PageBytes - sizeof(uint)), Checksum.Of(page.AsSpan(..^sizeof(uint))));
        return page;
    }

    /// <exception cref="DamagedFileException">Not such a page, or one whose sizes can't be.</exception>
    /// <exception cref="UnsupportedFileException">A sound page of another version of the format.</exception>
    public static IndexHeader Parse(byte[] page, string path, long fileBytes)
    {
        if (!page.AsSpan().StartsWith(Magic))
            throw new DamagedFileException(path, "It is no index file.");
        if (Checksum.Of(page.AsSpan(..^sizeof(uint))) != BitConverter.ToUInt32(page.AsSpan(PageBytes - sizeof(uint))))
            throw new DamagedFileException(path, "The header's checksum does not match.");
        using var reader = new BinaryReader(new MemoryStream(page), Encoding.UTF8);
        reader.BaseStream.Position = Magic.Length;
        var version = reader.ReadInt32();
        if (version != FormatVersion)
            throw new UnsupportedFileException(path, $"Expected format version {FormatVersion}, got {version}.");
        var metric = reader.ReadString();
        var n = Enumerable.Range(0, 8).Select(_ => reader.ReadInt32()).ToArray();
        var holdsRows = reader.ReadBoolean();
        var sourceVersion = reader.ReadInt64();
        var stamp = new IndexStamp(reader.ReadString(), sourceVersion, n[7]) { Nonce = reader.ReadString() };
        var header = new IndexHeader(metric, n[0], n[1], n[2], n[3], n[4], n[5], n[6], holdsRows, stamp, reader.ReadUInt32());
        if (!header.IsPossible)
            throw new DamagedFileException(path, "The header's sizes can't be.");
        if (reader.ReadInt64() != header.FileBytes || fileBytes != header.FileBytes)
            throw new DamagedFileException(path, $"Expected {header.FileBytes} bytes, got {fileBytes}.");
        return header;
    }

    private bool IsPossible =>
        Rows >= 0
        && Dimensions is > 0 and <= MostDimensions
        && Directions >= 0
        && Directions <= Dimensions
        && Directions % 2 == 0
        && (Directions == 0 || Directions == Kept || Directions == Kept + RecordLayout.SecondCodes)
        && Kept > 0
        && Kept <= Dimensions
        && RecordBytes > 0
        && RecordBytes % RecordLayout.Line == 0
        && RecordBytes <= Dimensions + 2 * RecordLayout.Line
        && Blocks >= 0
        && Blocks <= Rows
        && Stamp.PayloadBytes is >= 0 and <= IndexStamp.MostPayloadBytes;

    private static long Page(long bytes) => (bytes + PageBytes - 1) / PageBytes * PageBytes;
}
