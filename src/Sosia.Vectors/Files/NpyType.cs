namespace Sosia.Vectors.Files;

/// <summary>What the values of a NumPy file are. All little-endian.</summary>
public enum NpyType
{
    /// <summary>32-bit float, <c>&lt;f4</c>: what rows are, mapped as they are.</summary>
    Float32,

    /// <summary>64-bit float, <c>&lt;f8</c>.</summary>
    Float64,

    /// <summary>16-bit float, <c>&lt;f2</c>.</summary>
    Float16,

    /// <summary>Signed byte, <c>|i1</c>.</summary>
    Int8,

    /// <summary>Unsigned byte, <c>|u1</c>.</summary>
    UInt8,

    /// <summary>64-bit integer, <c>&lt;i8</c>: what indices are.</summary>
    Int64,

    /// <summary>Text of a fixed number of code points, <c>&lt;U…</c>.</summary>
    Text,
}

/// <summary>How types are written in a header.</summary>
internal static class NpyTypes
{
    /// <summary>Bytes a code point in <see cref="NpyType.Text"/>.</summary>
    public const int TextUnit = 4;

    private static readonly (NpyType Type, string Code, int Bytes)[] Known =
    [
        (NpyType.Float32, "<f4", 4),
        (NpyType.Float64, "<f8", 8),
        (NpyType.Float16, "<f2", 2),
        (NpyType.Int8, "|i1", 1),
        (NpyType.UInt8, "|u1", 1),
        (NpyType.Int64, "<i8", 8),
    ];

    /// <summary>The type of a C# number.</summary>
    /// <exception cref="NotSupportedException">No NumPy type stands for it here.</exception>
    public static NpyType Of<T>()
        where T : unmanaged =>
        default(T) switch
        {
            float => NpyType.Float32,
            double => NpyType.Float64,
            Half => NpyType.Float16,
            sbyte => NpyType.Int8,
            byte => NpyType.UInt8,
            long => NpyType.Int64,
            _ => throw new NotSupportedException(
                $"NumPy files of {typeof(T).Name} are not written; use float, double, Half, sbyte, byte or long."
            ),
        };

    /// <summary>How a header names a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="bytes">Bytes a value.</param>
    public static string Code(NpyType type, int bytes) =>
        type == NpyType.Text ? $"<U{bytes / TextUnit}" : Known.First(known => known.Type == type).Code;

    /// <summary>Bytes a value; 0 for text, where the header says.</summary>
    public static int Bytes(NpyType type) => type == NpyType.Text ? 0 : Known.First(known => known.Type == type).Bytes;

    /// <summary>The type that a header names.</summary>
    /// <returns>What is wrong with it, as a sentence; null when it is read here.</returns>
    public static string? Parse(string code, out NpyType type, out int bytes)
    {
        (type, bytes) = (default, 0);
        if (code.Length < 2)
            return $"its type '{code}' is not one of NumPy's.";
        if (code.Contains('O'))
            return "it holds Python objects, which only Python can read; save numbers, as with x.astype('float32').";
        if (code[0] == '>')
            return $"its values are big-endian ('{code}'), expected little-endian; save x.astype('{code[1..]}').";
        // One byte has no order, and '=' is what NumPy itself calls the machine's own; files say '<' or '|'.
        var plain = code[0] is '<' or '|' or '=' ? code[1..] : code;
        foreach (var known in Known)
            if (known.Code[1..] == plain)
            {
                (type, bytes) = (known.Type, known.Bytes);
                return null;
            }
        if (plain[0] == 'U' && int.TryParse(plain.AsSpan(1), out var length) && length is >= 0 and <= int.MaxValue / TextUnit)
        {
            (type, bytes) = (NpyType.Text, length * TextUnit);
            return null;
        }
        return $"its values are of type '{code}', which is not read; save x.astype('float32').";
    }
}
