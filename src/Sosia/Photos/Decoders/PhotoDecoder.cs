using Sosia.Photos.Magick;
using Sosia.Photos.Vips;

namespace Sosia.Photos.Decoders;

/// <summary>Decodes each format with the library that reads it: most with libvips, the rest with ImageMagick.</summary>
/// <param name="options">Limits and the size wanted.</param>
/// <exception cref="ArgumentException">A limit that makes no sense.</exception>
internal sealed class PhotoDecoder(PhotoOptions options) : IPhotoDecoder
{
    private readonly VipsPhotoDecoder _vips = new(options);
    private readonly MagickPhotoDecoder _magick = new(options);

    /// <inheritdoc/>
    public Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var format = PhotoFormats.Of(file.Bytes, file.Stamp.Path);
        IPhotoDecoder decoder = MagickPhotoDecoder.Reads(format) ? _magick : _vips;
        return decoder.Decode(file, sideFor, cancellation);
    }

    /// <summary>What can be read here.</summary>
    public static IReadOnlyList<PhotoFormatSupport> Formats()
    {
        const string remedy = "restore and build Sosia again; convert such files to JPEG where it does not come for this kind of machine";
        return
        [
            .. VipsPhotoDecoder.Formats(),
            new("HEIC", MagickPhotoDecoder.CanRead(PhotoFormat.Heic), remedy),
            new("Camera RAW", MagickPhotoDecoder.CanRead(PhotoFormat.CameraRaw), remedy),
            new("JPEG XL", MagickPhotoDecoder.CanRead(PhotoFormat.JpegXl), remedy),
        ];
    }
}
