using System.Buffers.Binary;

namespace Sosia.Tests.Photos;

/// <summary>A camera RAW file as Adobe's DNG 1.4 describes it: a mosaic of one colour, uncompressed, 16 bits.</summary>
internal static class DngByHand
{
    private const ushort Byte = 1,
        Ascii = 2,
        Short = 3,
        Long = 4,
        Rational = 5,
        SRational = 10;

    /// <param name="width">Columns, even.</param>
    /// <param name="height">Rows, even.</param>
    /// <param name="red">Of 65,535, linear.</param>
    /// <param name="green">Likewise.</param>
    /// <param name="blue">Likewise.</param>
    public static byte[] Make(int width, int height, ushort red, ushort green, ushort blue)
    {
        var pixels = new byte[width * height * 2];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var value = (y % 2, x % 2) switch
            {
                (0, 0) => red,
                (1, 1) => blue,
                _ => green,
            };
            BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan((y * width + x) * 2), value);
        }
        var extra = new List<byte>();
        var entries = Entries(width, height, pixels.Length).ToArray();
        var extraAt = 8 + 2 + entries.Length * 12 + 4;
        var table = new List<byte>();
        var length = entries.Sum(entry => entry.Data.Length > 4 ? entry.Data.Length : 0);
        foreach (var (tag, type, count, data) in entries)
        {
            var value = tag == 273 ? Longs(extraAt + length) : data; // where the strip begins
            table.AddRange([.. Shorts(tag, type), .. Longs(count)]);
            if (value.Length <= 4)
            {
                table.AddRange([.. value, .. new byte[4 - value.Length]]);
                continue;
            }
            table.AddRange(Longs(extraAt + extra.Count));
            extra.AddRange(value);
        }
        return [.. "II*\0"u8, .. Longs(8), .. Shorts((ushort)entries.Length), .. table, .. Longs(0), .. extra, .. pixels];
    }

    private static IEnumerable<(ushort Tag, ushort Type, int Count, byte[] Data)> Entries(int width, int height, int bytes)
    {
        yield return (254, Long, 1, Longs(0)); // the full picture
        yield return (256, Long, 1, Longs(width));
        yield return (257, Long, 1, Longs(height));
        yield return (258, Short, 1, Shorts(16));
        yield return (259, Short, 1, Shorts(1)); // uncompressed
        yield return (262, Short, 1, Shorts(32803)); // a mosaic
        yield return (271, Ascii, 6, "Sosia\0"u8.ToArray());
        yield return (272, Ascii, 6, "Drawn\0"u8.ToArray());
        yield return (273, Long, 1, Longs(0));
        yield return (277, Short, 1, Shorts(1));
        yield return (278, Long, 1, Longs(height));
        yield return (279, Long, 1, Longs(bytes));
        yield return (284, Short, 1, Shorts(1));
        yield return (33421, Short, 2, Shorts(2, 2));
        yield return (33422, Byte, 4, [0, 1, 1, 2]); // red green / green blue
        yield return (50706, Byte, 4, [1, 4, 0, 0]);
        yield return (50708, Ascii, 12, "Sosia Drawn\0"u8.ToArray());
        yield return (50717, Long, 1, Longs(65535));
        // From XYZ to the camera's colours: those of sRGB.
        int[] matrix = [32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570];
        yield return (50721, SRational, 9, [.. matrix.SelectMany(value => (byte[])[.. Longs(value), .. Longs(10000)])]);
        yield return (50728, Rational, 3, [.. Enumerable.Repeat<byte[]>([.. Longs(1), .. Longs(1)], 3).SelectMany(one => one)]);
        yield return (50778, Short, 1, Shorts(21)); // daylight
    }

    private static byte[] Shorts(params ushort[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Longs(int value) => BitConverter.GetBytes(value);
}
