using System.IO.MemoryMappedFiles;

namespace Sosia.Vectors.Stored;

/// <summary>A file mapped for reading; let go when nobody holds it any more.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _pointer;

    public MappedFile(FileStream stream, string path)
    {
        Path = path;
        Length = stream.Length;
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
    }

    public string Path { get; }
    public long Length { get; }
    public byte* Pointer => _pointer;

    public ReadOnlySpan<byte> Bytes(long at, long count) => new(_pointer + at, checked((int)count));

    public void Dispose()
    {
        if (_pointer == null) return;
        _pointer = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
