namespace Sosia.Vectors.Files;

/// <summary>
/// Writes a NumPy matrix of floats piece by piece, in any order: the file appears when it is complete, and until then lies beside as
/// <c>{path}.part</c> for the next program. Which pieces are there, the caller keeps account of. One writer at a time.
/// </summary>
public sealed class NpyPieces : IDisposable
{
    private readonly DerivedFile _file;
    private readonly int _rows;
    private readonly int _columns;

    private NpyPieces(DerivedFile file, int rows, int columns) => (_file, _rows, _columns) = (file, rows, columns);

    /// <summary>Begins a matrix, or continues one of the same shape that an earlier program left. What was never written is 0.</summary>
    /// <param name="path">The file as it will be called; its directory is made when missing.</param>
    /// <param name="rows">Rows, 1 or more.</param>
    /// <param name="columns">Values a row, 1 or more.</param>
    /// <exception cref="IOException">Another program is writing it, or the disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static NpyPieces Resume(string path, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var file = DerivedFile.Resume(path);
        try
        {
            var header = NpyHeader.Write(NpyType.Float32, sizeof(float), [rows, columns]);
            file.Stream.SetLength(header.Length + (long)rows * columns * sizeof(float));
            file.Stream.Write(header);
            return new NpyPieces(file, rows, columns);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes part of a row.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="column">Of the first value.</param>
    /// <param name="values">At most as many as the row has from there on.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public void Write(int row, int column, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)_rows, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(values.Length, _columns - column, nameof(values));
        _file.Stream.Position = NpyHeader.WrittenBytes + ((long)row * _columns + column) * sizeof(float);
        _file.Stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
    }

    /// <summary>Flushes what was written to the disk, best effort, for callers that may be interrupted.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public void Flush() => ((FileStream)_file.Stream).Flush(flushToDisk: true);

    /// <summary>Renames the file to its final name and closes it.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Complete() => _file.Commit();

    /// <summary>Keeps what was not completed where it is to be gone on with.</summary>
    public void Dispose() => _file.Dispose();
}
