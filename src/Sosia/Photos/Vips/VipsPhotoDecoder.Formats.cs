namespace Sosia.Photos.Vips;

/// <summary>A format, and whether this machine's libvips reads it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="CanRead">A decoder is there.</param>
/// <param name="Needed">Comes with Sosia: something is wrong where it is missing.</param>
/// <param name="Remedy">What to do where it is missing.</param>
internal readonly record struct PhotoFormatSupport(string Name, bool CanRead, bool Needed, string Remedy);

internal sealed partial class VipsPhotoDecoder
{
    private const string RawLoader = "dcrawload_buffer";

    /// <summary>What can be read here.</summary>
    public static IReadOnlyList<PhotoFormatSupport> Formats()
    {
        const string restore = "restore and build Sosia again, its own libvips reads it";
        return
        [
            Of("JPEG", "jpegload_buffer", restore),
            Of("PNG", "pngload_buffer", restore),
            Of("WebP", "webpload_buffer", restore),
            Of("TIFF", "tiffload_buffer", restore),
            Of("GIF", "gifload_buffer", restore),
            Of("AVIF", "heifload_buffer", restore),
            new("Camera RAW", HasLoader(RawLoader), Needed: false, "use a system libvips with libraw"),
        ];
    }

    private static PhotoFormatSupport Of(string name, string loader, string remedy) => new(name, HasLoader(loader), Needed: true, remedy);

    private static bool HasLoader(string name) => NetVips.NetVips.TypeFind("VipsOperation", name) != 0;
}
