using System.Runtime.InteropServices;
using System.Text;

namespace Sosia.Vectors.Files;

/// <summary>Small NumPy files at once: results and labels. For rows see <see cref="NpyRows"/> and <see cref="NpyWriter{T}"/>.</summary>
public static class NpyFile
{
    /// <summary>Writes a matrix.</summary>
    /// <param name="path">The file; its directory is made when missing.</param>
    /// <param name="values">Row after row.</param>
    /// <param name="columns">Values a row, 1 or more.</param>
    /// <exception cref="ArgumentException">Not whole rows.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, int columns)
        where T : unmanaged
    {
        using var writer = NpyWriter.Create<T>(path, columns);
        writer.Append(values);
        writer.Complete();
    }

    /// <summary>
    /// Writes texts, such as the label of each row, as NumPy's fixed-length text (<c>&lt;U…</c>): no pickle is needed to read it.
    /// </summary>
    /// <param name="path">The file; its directory is made when missing.</param>
    /// <param name="texts">One a row. Zeros at the end of a text are lost: NumPy fills up with them.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static void WriteTexts(string path, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        // A code point is a 32-bit number there; a text of 16-bit units has at most as many.
        var encoded = texts.Select(Encoding.UTF32.GetBytes).ToArray();
        var longest = Math.Max(NpyTypes.TextUnit, encoded.Select(bytes => bytes.Length).DefaultIfEmpty().Max());
        DerivedFile.Write(
            path,
            stream =>
            {
                stream.Write(NpyHeader.Write(NpyType.Text, longest, [texts.Count]));
                var padded = new byte[longest];
                foreach (var bytes in encoded)
                {
                    padded.AsSpan().Clear();
                    bytes.CopyTo(padded, 0);
                    stream.Write(padded);
                }
            }
        );
    }

    /// <summary>Reads all numbers of a file of any shape, as the type that they have there.</summary>
    /// <returns>The last axis runs fastest.</returns>
    /// <exception cref="DamagedFileException">Not a NumPy file, cut off, or shorter or longer than its header says.</exception>
    /// <exception cref="UnsupportedFileException">Fortran order, big-endian, not of this type, or too large for an array.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static T[] Read<T>(string path, out NpyHeader header)
        where T : unmanaged
    {
        var type = NpyTypes.Of<T>();
        using var file = File.OpenHandle(path);
        header = NpyHeader.Read(file, path);
        if (header.Type != type)
            throw new UnsupportedFileException(path, $"expected {type}, got {header.Type}.");
        if (header.Values * header.ValueBytes > Array.MaxLength)
            throw new UnsupportedFileException(
                path,
                $"expected at most {Array.MaxLength:N0} bytes, got " + $"{header.Values * header.ValueBytes:N0}."
            );
        var values = new T[header.Values];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        for (var at = 0; at < bytes.Length; )
        {
            var read = RandomAccess.Read(file, bytes[at..], header.DataOffset + at);
            if (read == 0)
                throw new DamagedFileException(
                    path,
                    $"expected {bytes.Length:N0} bytes of values, got {at:N0}; it was cut off while it " + $"was read."
                );
            at += read;
        }
        return values;
    }
}
