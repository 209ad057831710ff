using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Vectors.Files;

/// <summary>
/// A file mapped for reading. It is unmapped when it was disposed and the last <see cref="KeepOpen"/> has ended; one that is not reachable
/// any more is unmapped by the garbage collector. All readers of mapped files open them here, where their length is checked.
/// <para>A mapped file must not be cut off in place. Reading behind its new end would end the process, on Linux without an exception, so
/// <see cref="ThrowIfCutOff"/> is asked before each block of rows is read; a file that is cut off between that and the reading can't be
/// caught. Writing beside and renaming does no harm: the mapping keeps the old file.</para>
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _pointer;
    private int _holders = 1;
    private int _disposed;

    private MappedFile(SafeFileHandle file, MemoryMappedViewAccessor view, string path, long length)
    {
        (_file, _view, Path, Length) = (file, view, path, length);
        // Not AcquirePointer: its count would keep the handle's finalizer from unmapping what was never disposed.
        _pointer = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + view.PointerOffset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes mapped.</summary>
    public long Length { get; }

    /// <summary>The first byte; null after the file was unmapped. This object must stay reachable while it is used.</summary>
    public byte* Pointer => _pointer;

    /// <summary>Maps a file.</summary>
    /// <param name="file">Open for reading; belongs to the mapping from now on.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="length">Bytes to map, 1 or more.</param>
    /// <exception cref="DamagedFileException">The file is shorter.</exception>
    public static MappedFile Map(SafeFileHandle file, string path, long length)
    {
        var actual = RandomAccess.GetLength(file);
        if (actual < length)
            throw new DamagedFileException(path, $"expected {length:N0} bytes, got {actual:N0}; it was cut off.");
        const MemoryMappedFileAccess read = MemoryMappedFileAccess.Read;
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, read, HandleInheritability.None, leaveOpen: true);
        return new MappedFile(file, map.CreateViewAccessor(0, length, read), path, length);
    }

    /// <summary>Part of the file.</summary>
    public ReadOnlySpan<byte> Bytes(long at, long count)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        return new(_pointer + at, checked((int)count));
    }

    /// <summary>
    /// Keeps the file mapped until the returned object is disposed, even if this one is disposed before. As long as it is kept open, it can
    /// be kept open again.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It is unmapped already.</exception>
    /// <exception cref="DamagedFileException">The file was cut off.</exception>
    public IDisposable KeepOpen()
    {
        for (var seen = Volatile.Read(ref _holders); ; )
        {
            ObjectDisposedException.ThrowIf(seen == 0, this);
            var before = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (before == seen)
                break;
            seen = before;
        }
        var hold = new Holder(this);
        try
        {
            ThrowIfCutOff();
            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Checks that the file still has all its bytes: one question to the system. Growth does no harm.</summary>
    /// <exception cref="DamagedFileException">It was cut off since it was opened.</exception>
    /// <exception cref="ObjectDisposedException">It is unmapped.</exception>
    public void ThrowIfCutOff()
    {
        var length = RandomAccess.GetLength(_file);
        if (length < Length)
            throw new DamagedFileException(Path, $"expected {Length:N0} bytes, got {length:N0}; it was cut off after it had been opened.");
    }

    /// <summary>Unmaps the file as soon as nobody keeps it open.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        _pointer = null;
        _view.Dispose();
        _file.Dispose();
    }

    private sealed class Holder(MappedFile file) : IDisposable
    {
        private MappedFile? _file = file;

        public void Dispose() => Interlocked.Exchange(ref _file, null)?.Release();
    }
}
