using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Vectors.Files;

/// <summary>What a NumPy file says of itself, checked against its length. C order, little-endian.</summary>
/// <param name="Type">What the values are.</param>
/// <param name="ValueBytes">Bytes a value.</param>
/// <param name="Shape">Sizes of the axes, outermost first; none for a single value.</param>
/// <param name="DataOffset">Bytes before the first value.</param>
public sealed record NpyHeader(NpyType Type, int ValueBytes, IReadOnlyList<long> Shape, long DataOffset)
{
    /// <summary>Headers have some hundred bytes; one that is longer than this is refused.</summary>
    private const int MaxHeaderBytes = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Values in the file.</summary>
    public long Values => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of the whole file.</summary>
    public long FileBytes => DataOffset + Values * ValueBytes;

    /// <summary>Reads the header of a file: versions 1 to 3.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DamagedFileException">Not a NumPy file, cut off, or shorter or longer than its header says.</exception>
    /// <exception cref="UnsupportedFileException">Fortran order, big-endian, objects, records, or another type or version.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static NpyHeader Read(string path)
    {
        using var file = File.OpenHandle(path);
        return Read(file, path);
    }

    internal static NpyHeader Read(SafeFileHandle file, string path)
    {
        var length = RandomAccess.GetLength(file);
        var header = ReadStart(file, path);
        if (header.FileBytes > length)
            throw new DamagedFileException(
                path,
                $"expected {header.FileBytes:N0} bytes for {Describe(header.Shape)}, got {length:N0}; "
                    + $"it was cut off, or is still being written."
            );
        if (header.FileBytes < length)
            throw new DamagedFileException(
                path,
                $"expected {header.FileBytes:N0} bytes for {Describe(header.Shape)}, got {length:N0}; "
                    + $"something was written behind its values."
            );
        return header;
    }

    /// <summary>The header alone, whatever follows it: for a file that is still being written.</summary>
    internal static NpyHeader ReadStart(SafeFileHandle file, string path)
    {
        Span<byte> start = stackalloc byte[12];
        start = start[..RandomAccess.Read(file, start, 0)];
        if (start.Length < 10 || !start.StartsWith(Magic))
            throw new DamagedFileException(path, "this is not a NumPy file: it does not begin with \\x93NUMPY.");
        int version = start[6];
        if (version is < 1 or > 3)
            throw new UnsupportedFileException(path, $"NumPy file version {version} is not read; expected 1 to 3.");
        var (prefix, size) =
            version == 1 || start.Length < 12
                ? (10, BinaryPrimitives.ReadUInt16LittleEndian(start[8..]))
                : (12, BinaryPrimitives.ReadUInt32LittleEndian(start[8..]));
        if (size > MaxHeaderBytes)
            throw new DamagedFileException(path, $"expected a header of at most {MaxHeaderBytes:N0} bytes, got {size:N0}.");
        var bytes = new byte[size];
        var read = RandomAccess.Read(file, bytes, prefix);
        if (read < bytes.Length)
            throw new DamagedFileException(path, $"expected a header of {size:N0} bytes, got {read:N0}; the file was cut off.");
        return Parse(Encoding.UTF8.GetString(bytes), path, prefix + size);
    }

    private static NpyHeader Parse(string text, string path, long offset)
    {
        var dictionary = new NpyDictionary(text);
        if (!dictionary.Parse())
            throw new DamagedFileException(path, "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'.");
        if (dictionary.HasFields)
            throw new UnsupportedFileException(path, "it holds records of several fields; save one of them, as rows of numbers.");
        if (NpyTypes.Parse(dictionary.Type!, out var type, out var bytes) is { } wrong)
            throw new UnsupportedFileException(path, wrong);
        if (dictionary.FortranOrder == true && dictionary.Shape!.Length > 1)
            throw new UnsupportedFileException(path, "its rows lie in Fortran order, expected C order; save numpy.ascontiguousarray(x).");
        // A lying shape must not wrap around: each product below is exact before it is compared.
        var values = dictionary.Shape!.Contains(0) ? UInt128.Zero : UInt128.One;
        foreach (var size in dictionary.Shape!)
            if ((values *= (ulong)size) > long.MaxValue)
                break;
        if (values * (uint)Math.Max(bytes, 1) > (ulong)(long.MaxValue - offset))
            throw new DamagedFileException(path, $"its header promises {Describe(dictionary.Shape!)}, which no file can hold.");
        return new NpyHeader(type, bytes, dictionary.Shape!, offset);
    }

    /// <summary>A shape as people write it: "13,233 × 512 values".</summary>
    internal static string Describe(IReadOnlyList<long> shape) =>
        shape.Count == 0 ? "1 value" : $"{string.Join(" × ", shape.Select(size => size.ToString("N0")))} values";

    /// <summary>A header, padded so that rows can be added without moving what follows.</summary>
    internal static byte[] Write(NpyType type, int valueBytes, ReadOnlySpan<long> shape)
    {
        var sizes = string.Join(", ", shape.ToArray()) + (shape.Length == 1 ? "," : "");
        var text = $"{{'descr': '{NpyTypes.Code(type, valueBytes)}', 'fortran_order': False, 'shape': ({sizes}), }}";
        var bytes = new byte[WrittenBytes];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), WrittenBytes - 10);
        bytes.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(10));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    /// <summary>Bytes of a header that is written here: a multiple of 64, and room for the largest sizes.</summary>
    internal const int WrittenBytes = 128;
}
