using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Vectors.Files;

/// <summary>
/// The rows of a NumPy file, mapped read-only: opening costs nothing, and what is read stays in the operating system's cache. Float32 is handed
/// out where it lies; other types are converted row by row, into a buffer of the calling thread.
/// <para>A mapped file must not be cut off in place: reading behind its new end kills the process, on Linux without an exception. Whoever makes
/// it anew writes beside and renames, as <see cref="NpyWriter{T}"/> does; then this goes on reading the old one.</para>
/// </summary>
public sealed unsafe class NpyRows : IRowReader, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly ThreadLocal<float[]>? _converted;
    private readonly long _rowBytes;
    private byte* _data;

    private NpyRows(SafeFileHandle file, NpyHeader header, string path)
    {
        (_file, Header, Path) = (file, header, path);
        (Count, Dimensions) = ((int)header.Shape[0], (int)RowValues(header.Shape));
        _rowBytes = (long)Dimensions * header.ValueBytes;
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, header.FileBytes, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        _data += _view.PointerOffset + header.DataOffset;
        // A header of odd length puts floats where they can't be read as such everywhere.
        if (header.Type != NpyType.Float32 || header.DataOffset % sizeof(float) != 0) _converted = new(() => new float[Dimensions]);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it says of itself.</summary>
    public NpyHeader Header { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <summary>Opens a file with a matrix, one row after the other; of a file with more axes, such as maps of features, each row is read flat.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DamagedFileException">Not a NumPy file, cut off, or shorter or longer than its header says.</exception>
    /// <exception cref="UnsupportedFileException">Not rows of numbers in C order, more than 2³¹ − 1 rows, or rows without values.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static NpyRows Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var header = NpyHeader.Read(file, path);
            Check(header, path);
            return new NpyRows(file, header, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        ObjectDisposedException.ThrowIf(_data == null, this);
        var at = _data + row * _rowBytes;
        if (_converted is null) return new ReadOnlySpan<float>(at, Dimensions);
        var floats = _converted.Value!;
        NpyConvert.ToFloats(new ReadOnlySpan<byte>(at, (int)_rowBytes), Header.Type, floats);
        return floats;
    }

    /// <summary>Part of a row as floats, for one who takes many rows a piece at a time.</summary>
    /// <param name="row">From 0 to <see cref="Count"/> − 1.</param>
    /// <param name="first">The first value wanted.</param>
    /// <param name="into">Written; as many values as it is long.</param>
    public void Read(int row, int first, Span<float> into)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(into.Length, Dimensions - first, nameof(into));
        ObjectDisposedException.ThrowIf(_data == null, this);
        var at = _data + row * _rowBytes + (long)first * Header.ValueBytes;
        NpyConvert.ToFloats(new ReadOnlySpan<byte>(at, into.Length * Header.ValueBytes), Header.Type, into);
    }

    /// <summary>Asks whether the file still has its rows: cheap, and what a search does first. Growth does no harm.</summary>
    /// <exception cref="DamagedFileException">It has been cut off since it was opened.</exception>
    public void ThrowIfCutOff()
    {
        ObjectDisposedException.ThrowIf(_data == null, this);
        var length = RandomAccess.GetLength(_file);
        if (length < Header.FileBytes)
            throw new DamagedFileException(Path, $"expected {Header.FileBytes:N0} bytes, got {length:N0}; it was cut off after it had been opened.");
    }

    /// <summary>Lets go of the file; no row may be in use any more.</summary>
    public void Dispose()
    {
        if (_data == null) return;
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
        _converted?.Dispose();
    }

    private static void Check(NpyHeader header, string path)
    {
        if (header.Type == NpyType.Text) throw new UnsupportedFileException(path, "it holds text; expected rows of numbers.");
        if (header.Shape.Count < 2)
            throw new UnsupportedFileException(path, $"expected rows × values, got one axis ({NpyHeader.Describe(header.Shape)}); save x.reshape(1, -1).");
        if (header.Shape[0] > int.MaxValue) throw new UnsupportedFileException(path, $"expected at most {int.MaxValue:N0} rows, got {header.Shape[0]:N0}.");
        var values = RowValues(header.Shape);
        if (values < 1) throw new UnsupportedFileException(path, "its rows hold no values.");
        if (values > int.MaxValue / header.ValueBytes) throw new UnsupportedFileException(path, $"expected rows of at most {int.MaxValue:N0} bytes, got {string.Join(" × ", header.Shape.Skip(1).Select(side => side.ToString("N0")))} values of {header.ValueBytes}.");
    }

    /// <summary>Values a row; what is more than any row may have is not multiplied further, for where there are no rows a header may say anything.</summary>
    private static long RowValues(IReadOnlyList<long> shape) =>
        shape.Skip(1).Contains(0) ? 0 : shape.Skip(1).Aggregate(1L, (product, side) => side > int.MaxValue || product > int.MaxValue ? long.MaxValue : product * side);
}
