using System.Runtime.CompilerServices;

namespace Sosia.Keras.Weights;

/// <summary>
/// A file that is read only so much: a damaged one can send its reader round in circles, and this is what ends that. A read costs its bytes
/// and a little more, so that circles of small steps end too.
/// </summary>
internal sealed class BoundedStream(FileStream file) : Stream
{
    /// <summary>What a read costs beside its bytes.</summary>
    private const int Step = 64;

    /// <summary>What the structure of a file may cost, its floats apart.</summary>
    private const long Structure = 2L << 30;

    private long _left = Structure;

    /// <summary>Allows more: an array of known size is about to be read.</summary>
    public void Allow(long bytes) => _left += bytes;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack(); // the reader calls itself for what lies in what: this ends it in time
        _left -= buffer.Length + Step;
        if (_left < 0)
            throw new InvalidDataException("its structure leads round in circles.");
        return file.Read(buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    /// <inheritdoc/>
    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    /// <inheritdoc/>
    public override long Length => file.Length;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("Weights are only read.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Weights are only read.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
