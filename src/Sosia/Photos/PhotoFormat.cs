namespace Sosia.Photos;

/// <summary>What the first bytes of a file say it is.</summary>
internal enum PhotoFormat
{
    Unknown,
    Jpeg,
    Png,
    Webp,
    Tiff,
    Gif,
    Avif,
    Heic,
    JpegXl,
    CameraRaw,
}

/// <summary>Tells formats by content; names of files only tell camera RAW from the TIFF it is built on.</summary>
internal static class PhotoFormats
{
    private static readonly HashSet<string> RawExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".3fr",
        ".arw",
        ".cr2",
        ".cr3",
        ".dng",
        ".erf",
        ".iiq",
        ".kdc",
        ".mos",
        ".mrw",
        ".nef",
        ".nrw",
        ".orf",
        ".pef",
        ".raf",
        ".raw",
        ".rw2",
        ".sr2",
        ".srf",
        ".srw",
        ".x3f",
    };

    private static readonly HashSet<string> Extensions = new(RawExtensions, StringComparer.OrdinalIgnoreCase)
    {
        ".avif",
        ".gif",
        ".heic",
        ".heif",
        ".hif",
        ".jfif",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".jxl",
        ".png",
        ".tif",
        ".tiff",
        ".webp",
    };

    private static ReadOnlySpan<byte> JpegXlContainer => [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A];

    /// <summary>Whether a file of this name is taken from a folder.</summary>
    public static bool HasKnownExtension(string path) => Extensions.Contains(Path.GetExtension(path));

    public static PhotoFormat Of(ReadOnlySpan<byte> bytes, string path)
    {
        var format = Of(bytes);
        return format is PhotoFormat.Tiff or PhotoFormat.Unknown && RawExtensions.Contains(Path.GetExtension(path))
            ? PhotoFormat.CameraRaw
            : format;
    }

    private static PhotoFormat Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return PhotoFormat.Jpeg;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            return PhotoFormat.Png;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || bytes.StartsWith(JpegXlContainer))
            return PhotoFormat.JpegXl;
        if (bytes.StartsWith("GIF8"u8))
            return PhotoFormat.Gif;
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
            return PhotoFormat.Webp;
        if (bytes.StartsWith("FUJIFILMCCD-RAW"u8) || bytes.StartsWith("IIRO"u8) || bytes.StartsWith("IIU\0"u8))
            return PhotoFormat.CameraRaw;
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
            return bytes.Length >= 10 && bytes[8..].StartsWith("CR"u8) ? PhotoFormat.CameraRaw : PhotoFormat.Tiff;
        return bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) ? OfBrand(bytes) : PhotoFormat.Unknown;
    }

    /// <summary>AVIF and HEIC are one container: the brands say which.</summary>
    private static PhotoFormat OfBrand(ReadOnlySpan<byte> bytes)
    {
        var boxLength = (int)Math.Min(bytes.Length, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes));
        var brands = bytes[8..Math.Max(12, boxLength)];
        var (avif, heic) = (false, false);
        for (var at = 0; at + 4 <= brands.Length; at += 4)
        {
            var brand = brands.Slice(at, 4);
            if (brand.SequenceEqual("crx "u8))
                return PhotoFormat.CameraRaw;
            avif |= brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8);
            heic |= brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8);
        }
        return avif ? PhotoFormat.Avif
            : heic ? PhotoFormat.Heic
            : PhotoFormat.Unknown;
    }
}
