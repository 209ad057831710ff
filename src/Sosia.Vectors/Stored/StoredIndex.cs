using System.Runtime.InteropServices;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Stored;

/// <summary>
/// An index file, open. The index, and every index made of it by <see cref="ExactIndex{TMetric}.With"/>, needs it open. A search keeps it
/// open until it has ended, so that it may be disposed at any time; what is never disposed is unmapped by the garbage collector.
/// </summary>
public sealed class StoredIndex<TMetric> : IDisposable
    where TMetric : struct, IProductMetric
{
    private const int RowsBetweenChecks = 4096;

    private readonly MappedFile _file;
    private readonly IndexHeader _header;
    private readonly IDisposable _held;

    private StoredIndex(MappedFile file, IndexHeader header, ExactIndex<TMetric> index, IDisposable held) =>
        (_file, _header, Index, _held) = (file, header, index, held);

    /// <summary>Ready to search.</summary>
    public ExactIndex<TMetric> Index { get; }

    /// <summary>Its rows, each checked when it is first read.</summary>
    public IRowReader Rows => Index.Rows;

    /// <summary>What it was made from.</summary>
    public IndexStamp Stamp => _header.Stamp;

    /// <summary>Bytes of the file.</summary>
    public long FileBytes => _header.FileBytes;

    /// <summary>What is kept with all rows, one behind the other.</summary>
    public ReadOnlySpan<byte> Payload => _file.Bytes(_header.PayloadAt, _header.PayloadBytes);

    /// <summary>
    /// Keeps the file open until the returned object is disposed, even if this one is disposed before: for callers that read rows or
    /// payload.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    /// <exception cref="DamagedFileException">The file was cut off.</exception>
    public IDisposable KeepOpen() => _file.KeepOpen();

    /// <summary>Checks everything now that is otherwise checked when it is first read.</summary>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="DamagedFileException">Something is not what was written.</exception>
    public void CheckAll(CancellationToken cancellation = default)
    {
        using var held = Rows.KeepOpen();
        foreach (var block in Index.Blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            Rows.ThrowIfCutOff();
            block.EnsureSound(Index.Layout);
        }
        for (var row = 0; row < Rows.Count; row++)
        {
            if (row % RowsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                Rows.ThrowIfCutOff();
            }
            _ = Rows.Row(row);
        }
        CheckSeconds();
    }

    private unsafe void CheckSeconds()
    {
        foreach (var block in Index.Blocks)
            for (var row = block.First; block.Seconds != null && row < block.First + block.Count; row++)
                _ = block.CheckedSecondOf(row);
    }

    /// <summary>
    /// The same open file a second time, to be disposed on its own: what was checked is not checked again.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    /// <exception cref="DamagedFileException">The file was cut off.</exception>
    public StoredIndex<TMetric> Share() => new(_file, _header, Index, _file.KeepOpen());

    /// <summary>Closes the file as soon as no search uses it.</summary>
    public void Dispose() => _held.Dispose();

    internal static StoredIndex<TMetric> Open(string path, IRowReader? rows, RowEncoding? like)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        MappedFile? file = null;
        try
        {
            var length = RandomAccess.GetLength(handle);
            var page = new byte[IndexHeader.PageBytes];
            if (RandomAccess.Read(handle, page, 0) < page.Length)
                throw new DamagedFileException(path, $"Expected at least {page.Length} bytes, got {length}.");
            var header = IndexHeader.Parse(page, path, length);
            if (header.Metric != default(TMetric).Name)
                throw new DamagedFileException(path, $"Expected metric {default(TMetric).Name}, got {header.Metric}.");
            if (header.HoldsRows != rows is null)
                throw new DamagedFileException(
                    path,
                    header.HoldsRows ? "Expected an index beside its rows, got one that holds " + "them." : "Its rows lie in another file."
                );
            if (rows is not null && (rows.Count != header.Rows || rows.Dimensions != header.Dimensions))
                throw new DamagedFileException(
                    path,
                    $"Expected {header.Rows} × {header.Dimensions} rows, got {rows.Count} × " + $"{rows.Dimensions}."
                );
            file = MappedFile.Map(handle, path, length);
            return new StoredIndex<TMetric>(file, header, Read(file, header, rows, like), file);
        }
        catch
        {
            file?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    private static unsafe ExactIndex<TMetric> Read(MappedFile file, IndexHeader header, IRowReader? rows, RowEncoding? like)
    {
        var turn = file.Bytes(IndexHeader.RotationAt, header.RotationBytes);
        var table = file.Bytes(header.BlocksAt, header.BlocksBytes);
        if (IndexFile.MetaChecksum(turn, table, file.Bytes(header.PayloadAt, header.PayloadBytes)) != header.MetaChecksum)
            throw new DamagedFileException(file.Path, "The checksum of rotation, blocks and payload does not match.");
        var encoding = EncodingOf(MemoryMarshal.Cast<byte, float>(turn), header, like);
        var layout = encoding.Layout;
        var blocks = new CodeBlock[header.Blocks];
        var (next, record) = (0, 0);
        for (var i = 0; i < blocks.Length; i++)
        {
            var entry = table.Slice(i * IndexHeader.BlockEntryBytes, IndexHeader.BlockEntryBytes);
            var (first, count) = (BitConverter.ToInt32(entry), BitConverter.ToInt32(entry[4..]));
            if (first != next || count < 1 || count > header.Rows - first || count > RecordLayout.MostBlockRows)
                throw new DamagedFileException(file.Path, $"Block {i} of rows {first} to {first + count} can't be.");
            next += count;
            var limits = new BlockLimits(BitConverter.ToSingle(entry[8..]), BitConverter.ToSingle(entry[12..]));
            var check = new BlockCheck(file.Path, BitConverter.ToUInt32(entry[16..]));
            blocks[i] = new CodeBlock(file, file.Pointer + header.RecordAt(record), first, count, limits)
            {
                Check = check,
                Seconds = header.HasSecond ? file.Pointer + header.SecondAt(first) : null,
            };
            record += blocks[i].Padded;
        }
        if (next != header.Rows || layout.Bytes != header.RecordBytes)
            throw new DamagedFileException(file.Path, $"Expected blocks for {header.Rows} rows, got {next}.");
        return new ExactIndex<TMetric>(new MappedRows(file, header, rows), null, encoding, blocks);
    }

    private static RowEncoding EncodingOf(ReadOnlySpan<float> floats, IndexHeader header, RowEncoding? like)
    {
        var mean = floats[..header.Dimensions];
        var directions = floats[header.Dimensions..];
        if (
            like is not null
            && like.LearntFrom == header.LearntFrom
            && like.Rotation.Kept == header.Kept
            && mean.SequenceEqual(like.Rotation.Mean)
            && directions.SequenceEqual(like.Rotation.Directions)
        )
            return like;
        var rotation = new Rotation(mean.ToArray(), header.Directions == 0 ? null : directions.ToArray(), header.Kept);
        return new RowEncoding(rotation, RecordLayout.For(rotation.Kept, TMetric.OfDifference), header.LearntFrom);
    }
}
