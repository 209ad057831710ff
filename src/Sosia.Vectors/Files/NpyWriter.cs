using System.Runtime.InteropServices;

namespace Sosia.Vectors.Files;

/// <summary>Begins writers of NumPy files.</summary>
public static class NpyWriter
{
    /// <summary>Begins a file.</summary>
    /// <typeparam name="T">float, double, Half, sbyte, byte or long.</typeparam>
    /// <param name="path">The file as it will be called; its directory is made when missing.</param>
    /// <param name="row">Shape of a row, each side 1 or more: one number for a matrix, three for pictures, none for a list of
    /// values.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static NpyWriter<T> Create<T>(string path, params ReadOnlySpan<int> row)
        where T : unmanaged
    {
        Check(row);
        var writer = new NpyWriter<T>(DerivedFile.Create(path), row);
        writer.WriteHeader();
        return writer;
    }

    /// <summary>
    /// Continues after the whole rows that an earlier program left as <c>{path}.part</c>, or begins. What is not completed is kept. After a
    /// power failure the last rows may not be what was written: a caller that keeps account of them goes back with
    /// <see cref="NpyWriter{T}.GoBackTo"/>.
    /// </summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="DamagedFileException">What lies there was not written by this, or has rows of another kind; delete it to begin
    /// anew.</exception>
    public static NpyWriter<T> Resume<T>(string path, params ReadOnlySpan<int> row)
        where T : unmanaged
    {
        Check(row);
        var writer = new NpyWriter<T>(DerivedFile.Resume(path), row);
        try
        {
            writer.TakeOver(path + ".part");
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private static void Check(ReadOnlySpan<int> row)
    {
        foreach (var side in row)
            ArgumentOutOfRangeException.ThrowIfLessThan(side, 1, nameof(row));
    }
}

/// <summary>
/// Writes a NumPy file row after row, beside and renamed: the file appears when it is complete. The number of rows is put into the header
/// at the end, so that it need not be known before.
/// </summary>
/// <typeparam name="T">float, double, Half, sbyte, byte or long.</typeparam>
public sealed class NpyWriter<T> : IDisposable
    where T : unmanaged
{
    private static readonly NpyType Type = NpyTypes.Of<T>();
    private readonly DerivedFile _file;
    private readonly int _valueBytes = NpyTypes.Bytes(Type);
    private readonly long[] _row;

    internal NpyWriter(DerivedFile file, ReadOnlySpan<int> row)
    {
        (_file, _row, Columns) = (file, new long[row.Length], 1);
        for (var i = 0; i < row.Length; i++)
            Columns = checked(Columns * (int)(_row[i] = row[i]));
    }

    /// <summary>Values a row.</summary>
    public int Columns { get; }

    /// <summary>Rows written so far, those of an earlier program included.</summary>
    public int Count { get; private set; }

    /// <summary>Adds rows.</summary>
    /// <param name="rows">One row or several, one after the other.</param>
    /// <exception cref="ArgumentException">Not whole rows.</exception>
    /// <exception cref="IOException">The disk is full or refuses, or there would be more than 2³¹ − 1 rows.</exception>
    public void Append(ReadOnlySpan<T> rows)
    {
        if (rows.Length % Columns != 0)
            throw new ArgumentException($"Expected whole rows of {Columns} values, got {rows.Length} values.", nameof(rows));
        var added = rows.Length / Columns;
        if (added > int.MaxValue - Count)
            throw new IOException($"A file holds at most {int.MaxValue:N0} rows.");
        try
        {
            _file.Stream.Write(MemoryMarshal.AsBytes(rows));
        }
        catch (ArgumentOutOfRangeException e) when (DerivedFile.IsTooLong(e))
        {
            throw _file.TooLong(e);
        }
        Count += added;
    }

    /// <summary>Flushes what was added to the disk, best effort, for callers that may be interrupted.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public void Flush() => ((FileStream)_file.Stream).Flush(flushToDisk: true);

    /// <summary>Forgets all rows after the first few.</summary>
    /// <param name="rows">Rows to keep, at most <see cref="Count"/>.</param>
    public void GoBackTo(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Count);
        Count = rows;
        _file.Stream.SetLength(NpyHeader.WrittenBytes + rows * RowBytes);
        _file.Stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>Puts the number of rows into the header and gives the file its name. After this it is closed.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Complete()
    {
        _file.Stream.Position = 0;
        WriteHeader();
        _file.Commit();
    }

    /// <summary>Removes what was not completed; keeps it where it is to be resumed.</summary>
    public void Dispose() => _file.Dispose();

    private long RowBytes => (long)Columns * _valueBytes;

    internal void WriteHeader() => _file.Stream.Write(NpyHeader.Write(Type, _valueBytes, [Count, .. _row]));

    /// <summary>Counts the whole rows that are there, and drops the rest of one.</summary>
    internal void TakeOver(string part)
    {
        var length = _file.Stream.Length;
        if (length < NpyHeader.WrittenBytes)
        {
            _file.Stream.SetLength(0);
            WriteHeader();
            return;
        }
        var header = NpyHeader.ReadStart(((FileStream)_file.Stream).SafeFileHandle, part);
        if (header.Type != Type || header.DataOffset != NpyHeader.WrittenBytes || !header.Shape.Skip(1).SequenceEqual(_row))
            throw new DamagedFileException(
                part,
                $"expected unfinished rows of {Columns:N0} × {Type}, got "
                    + $"{NpyHeader.Describe(header.Shape)} of {header.Type}; delete it to begin anew."
            );
        Count = (int)Math.Min((length - NpyHeader.WrittenBytes) / RowBytes, int.MaxValue);
        GoBackTo(Count);
    }
}
