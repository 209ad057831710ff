using System.Security.Cryptography;

namespace Sosia.Pictures;

/// <summary>
/// A file of which nothing is handed out but the bytes that were indexed: every block is checked after it was read, in memory, so that a
/// file that is changed while it is sent ends the sending. For one reader.
/// </summary>
internal sealed class VerifiedFile : Stream
{
    /// <summary>Bytes that are read and checked together.</summary>
    private const int BlockBytes = 1 << 20;

    private readonly FileStream _file;
    private readonly BlockHashes _expected;
    private readonly byte[] _block;
    private int _loaded = -1;

    private VerifiedFile(FileStream file, BlockHashes expected)
    {
        (_file, _expected) = (file, expected);
        _block = new byte[Math.Min(BlockBytes, expected.Length)];
    }

    /// <summary>Opens a file that should hold known bytes, and checks the first of them.</summary>
    /// <returns>Null when its length is another, or its beginning.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public static VerifiedFile? Open(FileStream file, BlockHashes expected)
    {
        if (file.Length != expected.Length)
            return null;
        var verified = new VerifiedFile(file, expected);
        return verified.TryLoad(0) ? verified : null;
    }

    /// <summary>The file's path.</summary>
    public string Name => _file.Name;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.Length == 0)
            return 0;
        if (!TryLoad((int)(Position / BlockBytes)))
            throw Changed();
        return Take(buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length || buffer.Length == 0)
            return 0;
        var wanted = (int)(Position / BlockBytes);
        if (wanted != _loaded)
        {
            _file.Position = (long)wanted * BlockBytes;
            var length = await _file.ReadAtLeastAsync(_block, LengthOf(wanted), throwOnEndOfStream: false, cancellationToken);
            if (!Check(wanted, length))
                throw Changed();
        }
        return Take(buffer.Span);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override long Length => _expected.Length;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("Originals are only read.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Originals are only read.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }

    private int LengthOf(int block) => (int)Math.Min(BlockBytes, Length - (long)block * BlockBytes);

    private int Take(Span<byte> into)
    {
        var at = (int)(Position % BlockBytes);
        var count = Math.Min(into.Length, LengthOf(_loaded) - at);
        _block.AsSpan(at, count).CopyTo(into);
        Position += count;
        return count;
    }

    private bool TryLoad(int block)
    {
        if (block == _loaded)
            return true;
        _file.Position = (long)block * BlockBytes;
        return Check(block, _file.ReadAtLeast(_block.AsSpan(0, LengthOf(block)), LengthOf(block), throwOnEndOfStream: false));
    }

    private bool Check(int block, int length)
    {
        var same = length >= LengthOf(block) && _expected.Are(block, _block.AsSpan(0, LengthOf(block)));
        _loaded = same ? block : -1;
        return same;
    }

    private static OriginalChangedException Changed() => new();

    /// <summary>The hashes of a file's blocks.</summary>
    /// <param name="Length">Bytes of the file.</param>
    /// <param name="Hashes">SHA-256 of each block, one behind the other.</param>
    internal sealed record BlockHashes(long Length, byte[] Hashes)
    {
        /// <summary>Reads a file once for its hash and those of its blocks.</summary>
        /// <exception cref="IOException">It can't be read.</exception>
        public static (string Sha256, BlockHashes Blocks) Of(FileStream file, CancellationToken cancellation)
        {
            using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var hashes = new List<byte>();
            var block = new byte[Math.Min(BlockBytes, Math.Max(1, file.Length))];
            var length = 0L;
            for (int read; (read = file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)) > 0; length += read)
            {
                cancellation.ThrowIfCancellationRequested();
                whole.AppendData(block, 0, read);
                hashes.AddRange(SHA256.HashData(block.AsSpan(0, read)));
            }
            return (Convert.ToHexStringLower(whole.GetHashAndReset()), new BlockHashes(length, [.. hashes]));
        }

        /// <summary>Whether a block holds these bytes.</summary>
        public bool Are(int block, ReadOnlySpan<byte> bytes) =>
            SHA256.HashData(bytes).AsSpan().SequenceEqual(Hashes.AsSpan(block * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
    }
}
