namespace Sosia.Photos.Vips;

/// <summary>Whether a file has its end: decoders forgive a missing tail, an archive must not.</summary>
internal static class Completeness
{
    public static bool IsWhole(ReadOnlySpan<byte> bytes, PhotoFormat format) =>
        format switch
        {
            PhotoFormat.Jpeg => bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) > 0, // phones append films and maps after the end
            PhotoFormat.Png => bytes.LastIndexOf("IEND"u8) > 0,
            PhotoFormat.Gif => HasTrailer(bytes),
            PhotoFormat.Webp => System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) <= bytes.Length - 8,
            _ => true,
        };

    /// <summary>
    /// Goes through the blocks of a GIF (version 89a, appendix A) up to the trailer; what programs append after it does not count.
    /// </summary>
    private static bool HasTrailer(ReadOnlySpan<byte> bytes)
    {
        const byte Trailer = 0x3B,
            Picture = 0x2C,
            Extension = 0x21;
        var at = 13;
        if (bytes.Length < at)
            return false;
        at += ColourTable(bytes[10]);
        while (at < bytes.Length)
        {
            switch (bytes[at])
            {
                case Trailer:
                    return true;
                case Picture:
                    if (at + 9 >= bytes.Length)
                        return false;
                    at += 11 + ColourTable(bytes[at + 9]);
                    break;
                case Extension:
                    at += 2;
                    break;
                default:
                    return true; // no block of this kind: whatever follows the pictures, the decoder judges them
            }
            while (at < bytes.Length && bytes[at] != 0)
                at += 1 + bytes[at]; // sub-blocks with their lengths, an empty one last
            at++;
        }
        return false;
    }

    /// <summary>Bytes of the colour table that a flags byte announces.</summary>
    private static int ColourTable(byte flags) => (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;
}
