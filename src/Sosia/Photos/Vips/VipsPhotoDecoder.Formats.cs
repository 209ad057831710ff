namespace Sosia.Photos.Vips;

internal sealed partial class VipsPhotoDecoder
{
    /// <summary>What can be read here.</summary>
    public static IReadOnlyList<PhotoFormatSupport> Formats() =>
        [
            Of("JPEG", "jpegload_buffer"),
            Of("PNG", "pngload_buffer"),
            Of("WebP", "webpload_buffer"),
            Of("TIFF", "tiffload_buffer"),
            Of("GIF", "gifload_buffer"),
            Of("AVIF", "heifload_buffer"),
        ];

    private static PhotoFormatSupport Of(string name, string loader) =>
        new(name, HasLoader(loader), "restore and build Sosia again, its own libvips reads it");

    private static bool HasLoader(string name) => NetVips.NetVips.TypeFind("VipsOperation", name) != 0;
}
