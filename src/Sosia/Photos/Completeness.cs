namespace Sosia.Photos;

/// <summary>Whether a file has its end: decoders forgive a missing tail, an archive must not.</summary>
internal static class Completeness
{
    public static bool IsWhole(ReadOnlySpan<byte> bytes, PhotoFormat format) => format switch
    {
        PhotoFormat.Jpeg => bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) > 0, // phones append films and maps after the end
        PhotoFormat.Png => bytes.LastIndexOf("IEND"u8) > 0,
        PhotoFormat.Gif => bytes.TrimEnd((byte)0).EndsWith((ReadOnlySpan<byte>)[0x3B]),
        PhotoFormat.Webp => System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) <= bytes.Length - 8,
        _ => true,
    };
}
