namespace Sosia.Vectors.Files;

/// <summary>
/// The rows of a NumPy file, mapped read-only: opening costs nothing, and what is read stays in the operating system's cache. Float32 is
/// handed out where it lies; other types are converted row by row, into a buffer of the calling thread.
/// <para>A mapped file must not be cut off in place. Searches check its length before each block of rows and throw; what is cut off after
/// that ends the process, on Linux without an exception. <see cref="NpyWriter{T}"/> writes beside and renames: then this still reads the
/// old file.</para>
/// </summary>
public sealed unsafe class NpyRows : IRowReader, IDisposable
{
    private readonly MappedFile _file;
    private readonly ThreadLocal<float[]>? _converted;
    private readonly long _rowBytes;

    private NpyRows(MappedFile file, NpyHeader header)
    {
        (_file, Header) = (file, header);
        (Count, Dimensions) = ((int)header.Shape[0], (int)RowValues(header.Shape));
        _rowBytes = (long)Dimensions * header.ValueBytes;
        // A header of odd length puts floats where they can't be read as such everywhere.
        if (header.Type != NpyType.Float32 || header.DataOffset % sizeof(float) != 0)
            _converted = new(() => new float[Dimensions]);
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>What it says of itself.</summary>
    public NpyHeader Header { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <summary>
    /// Opens a file with a matrix, one row after the other; of a file with more axes, such as maps of features, each row is read flat.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DamagedFileException">Not a NumPy file, cut off, or shorter or longer than its header says.</exception>
    /// <exception cref="UnsupportedFileException">Not rows of numbers in C order, more than 2³¹ − 1 rows, or rows without
    /// values.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static NpyRows Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var header = NpyHeader.Read(file, path);
            Check(header, path);
            return new NpyRows(MappedFile.Map(file, path, header.FileBytes), header);
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
        var at = At(row);
        if (_converted is null)
            return new ReadOnlySpan<float>(at, Dimensions);
        var floats = _converted.Value!;
        NpyConvert.ToFloats(new ReadOnlySpan<byte>(at, (int)_rowBytes), Header.Type, floats);
        return floats;
    }

    /// <summary>Part of a row as floats, for callers that read many rows piece by piece.</summary>
    /// <param name="row">From 0 to <see cref="Count"/> − 1.</param>
    /// <param name="first">The first value wanted.</param>
    /// <param name="into">Written; as many values as it is long.</param>
    public void Read(int row, int first, Span<float> into)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(into.Length, Dimensions - first, nameof(into));
        var at = At(row) + (long)first * Header.ValueBytes;
        NpyConvert.ToFloats(new ReadOnlySpan<byte>(at, into.Length * Header.ValueBytes), Header.Type, into);
    }

    /// <inheritdoc/>
    public IDisposable KeepOpen() => _file.KeepOpen();

    /// <inheritdoc/>
    public void ThrowIfCutOff() => _file.ThrowIfCutOff();

    /// <summary>Closes the file as soon as no search uses it.</summary>
    public void Dispose() => _file.Dispose();

    private byte* At(int row)
    {
        var start = _file.Pointer;
        ObjectDisposedException.ThrowIf(start == null, this);
        return start + Header.DataOffset + row * _rowBytes;
    }

    private static void Check(NpyHeader header, string path)
    {
        if (header.Type == NpyType.Text)
            throw new UnsupportedFileException(path, "it holds text; expected rows of numbers.");
        if (header.Shape.Count < 2)
            throw new UnsupportedFileException(
                path,
                $"expected rows × values, got one axis ({NpyHeader.Describe(header.Shape)}); save " + $"x.reshape(1, -1)."
            );
        if (header.Shape[0] > int.MaxValue)
            throw new UnsupportedFileException(path, $"expected at most {int.MaxValue:N0} rows, got {header.Shape[0]:N0}.");
        var values = RowValues(header.Shape);
        if (values < 1)
            throw new UnsupportedFileException(path, "its rows hold no values.");
        if (values > int.MaxValue / header.ValueBytes)
            throw new UnsupportedFileException(
                path,
                $"expected rows of at most {int.MaxValue:N0} bytes, got "
                    + $"{string.Join(" × ", header.Shape.Skip(1).Select(side => side.ToString("N0")))} values of {header.ValueBytes}."
            );
    }

    /// <summary>
    /// Values a row; <see cref="long.MaxValue"/> for more than any row has: where there are no rows, a header may say anything.
    /// </summary>
    private static long RowValues(IReadOnlyList<long> shape)
    {
        if (shape.Skip(1).Contains(0))
            return 0;
        var values = 1L;
        foreach (var side in shape.Skip(1))
        {
            if (side > int.MaxValue || values > int.MaxValue)
                return long.MaxValue;
            values *= side;
        }
        return values;
    }
}
