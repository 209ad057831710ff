using NetVips;

namespace Sosia.Photos.Vips;

/// <summary>What libvips finds in a file beside its pixels. Only the header is read.</summary>
internal static class VipsMetadata
{
    static VipsMetadata() => LibVips.Harden();

    /// <summary>EXIF and XMP as they stand in the file; null where there is none.</summary>
    /// <exception cref="VipsException">The header can't be read.</exception>
    public static (byte[]? Exif, byte[]? Xmp) Read(byte[] bytes)
    {
        using var source = Source.NewFromMemory(bytes);
        using var header = Image.NewFromSource(source, access: Enums.Access.Sequential);
        return (BlobOf(header, "exif-data"), BlobOf(header, "xmp-data"));
    }

    private static byte[]? BlobOf(Image header, string field) => header.Contains(field) ? (byte[])header.Get(field) : null;
}
