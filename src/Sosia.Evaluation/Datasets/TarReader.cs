using System.Text;

namespace Sosia.Evaluation.Datasets;

/// <summary>
/// The files of a tar archive in the order in which they lie (POSIX ustar, and the long names of GNU and pax). Links, devices and folders
/// are passed over. .NET's own reader takes a long name into memory however long it says it is: a small archive makes it take gigabytes.
/// </summary>
internal static class TarReader
{
    private const int Block = 512;
    private const int LongestName = 1 << 16;

    /// <exception cref="InvalidDataException">Cut off, or no tar archive.</exception>
    public static IEnumerable<SourceFile> Read(Stream archive)
    {
        var header = new byte[Block];
        string? longName = null;
        for (int got; (got = archive.ReadAtLeast(header, Block, throwOnEndOfStream: false)) > 0; )
        {
            if (got < Block)
                throw new InvalidDataException("it ends in the middle of a header.");
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
                yield break; // the end is a block of zeros
            var (type, size) = (Check(header), Number(header.AsSpan(124, 12)));
            var left = size;
            if (type is 'L' or 'x')
            {
                if (size > LongestName)
                    throw new InvalidDataException($"it has a file name of {size:N0} bytes.");
                var text = Take(archive, ref left);
                longName = type == 'L' ? Encoding.UTF8.GetString(text).TrimEnd('\0') : PaxPath(text) ?? longName;
            }
            else
            {
                if (type is '0' or '\0' or '7')
                    yield return new SourceFile(longName ?? Name(header), size, () => Take(archive, ref left));
                longName = null;
            }
            Skip(archive, left + (Block - size % Block) % Block, header);
        }
    }

    private static byte[] Take(Stream archive, ref long left)
    {
        var bytes = new byte[left];
        archive.ReadExactly(bytes);
        left = 0;
        return bytes;
    }

    private static void Skip(Stream archive, long bytes, byte[] scratch)
    {
        for (; bytes > 0; bytes -= Math.Min(bytes, scratch.Length))
            if (
                archive.ReadAtLeast(
                    scratch.AsSpan(0, (int)Math.Min(bytes, scratch.Length)),
                    (int)Math.Min(bytes, scratch.Length),
                    throwOnEndOfStream: false
                ) < Math.Min(bytes, scratch.Length)
            )
                throw new InvalidDataException("it is cut off.");
    }

    /// <returns>The type of the entry.</returns>
    private static char Check(byte[] header)
    {
        var sum = 0;
        for (var i = 0; i < Block; i++)
            sum += i is >= 148 and < 156 ? ' ' : header[i];
        return Number(header.AsSpan(148, 8)) == sum
            ? (char)header[156]
            : throw new InvalidDataException("the checksum of one of its headers is another.");
    }

    private static string Name(byte[] header)
    {
        var name = Text(header.AsSpan(0, 100));
        var prefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? Text(header.AsSpan(345, 155)) : "";
        return prefix.Length > 0 ? $"{prefix}/{name}" : name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end >= 0 ? field[..end] : field);
    }

    /// <summary>Octal digits; GNU writes what does not fit as a binary number, and no file of a data set is that large.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        long number = 0;
        foreach (var digit in field.Trim(" \0"u8))
            number = digit is >= (byte)'0' and <= (byte)'7'
                ? number * 8 + digit - '0'
                : throw new InvalidDataException("one of its headers makes no sense.");
        return number;
    }

    /// <summary>Records of the form "LENGTH KEY=VALUE\n".</summary>
    private static string? PaxPath(byte[] records)
    {
        const string Key = " path=";
        foreach (var record in Encoding.UTF8.GetString(records).Split('\n'))
        {
            var at = record.IndexOf(Key, StringComparison.Ordinal);
            if (at >= 0)
                return record[(at + Key.Length)..];
        }
        return null;
    }
}
