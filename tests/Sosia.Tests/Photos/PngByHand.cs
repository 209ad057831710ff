using System.Buffers.Binary;
using System.IO.Compression;

namespace Sosia.Tests.Photos;

/// <summary>PNG files of any bit depth, written by the book (ISO/IEC 15948), so that libvips is not asked about itself.</summary>
internal static class PngByHand
{
    public const byte Grey = 0;
    public const byte Colour = 2;
    public const byte Palette = 3;

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bits">Bits of a sample.</param>
    /// <param name="kind">Grey, colour or palette.</param>
    /// <param name="sample">The value at column, row and channel.</param>
    /// <param name="palette">Red, green, blue of each entry.</param>
    public static byte[] Make(int width, int height, int bits, byte kind, Func<int, int, int, int> sample, byte[]? palette = null)
    {
        var channels = kind == Colour ? 3 : 1;
        var line = new byte[1 + (width * channels * bits + 7) / 8];
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                Array.Clear(line);
                for (var i = 0; i < width * channels; i++)
                    Put(line.AsSpan(1), i, bits, sample(i / channels, y, i % channels));
                zlib.Write(line);
            }
        return
        [
            .. Start(width, height, bits, kind),
            .. palette is null ? [] : Chunk("PLTE", palette),
            .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>A file of one colour, whose rows are compressed one after the other: large to decode, small to keep.</summary>
    public static byte[] OneColour(int width, int height) => Make(width, height, 1, Grey, static (_, _, _) => 0);

    /// <summary>Signature and header.</summary>
    public static byte[] Start(int width, int height, int bits = 8, byte kind = Colour)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bits, kind);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", header)];
    }

    public static byte[] Chunk(string type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        System.Text.Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    private static void Put(Span<byte> line, int index, int bits, int value)
    {
        if (bits == 16)
            BinaryPrimitives.WriteUInt16BigEndian(line[(2 * index)..], (ushort)value);
        else
            line[index * bits / 8] |= (byte)(value << (8 - bits - index * bits % 8));
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
