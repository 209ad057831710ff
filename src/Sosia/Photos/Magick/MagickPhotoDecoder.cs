using ImageMagick;
using Sosia.Hosting;

namespace Sosia.Photos.Magick;

/// <summary>Decodes HEIC, camera RAW and JPEG XL with ImageMagick (libheif, libraw, libjxl): what libvips as it comes can't read.</summary>
internal sealed class MagickPhotoDecoder : IPhotoDecoder
{
    private readonly PhotoOptions _options;

    /// <param name="options">Limits and the size wanted.</param>
    /// <exception cref="ArgumentException">A limit that makes no sense.</exception>
    public MagickPhotoDecoder(PhotoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.Check(options);
        _options = options;
    }

    /// <summary>Whether a format is decoded here.</summary>
    public static bool Reads(PhotoFormat format) => format is PhotoFormat.Heic or PhotoFormat.CameraRaw or PhotoFormat.JpegXl;

    /// <summary>Whether this machine can decode one of these formats.</summary>
    public static bool CanRead(PhotoFormat format)
    {
        try
        {
            return MagickLibrary.IsReadable(CoderOf(format));
        }
        catch (TypeInitializationException)
        {
            return false; // ImageMagick does not come for this kind of machine
        }
    }

    /// <inheritdoc/>
    public Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sideFor);
        var format = PhotoFormats.Of(file.Bytes, file.Stamp.Path);
        try
        {
            MagickLibrary.Harden(_options);
            CheckSize(file.Bytes, format);
            return WithinTime(() => Decode(file.Bytes, format), cancellation);
        }
        catch (MagickException failed)
        {
            throw MagickErrors.Explain(failed, format);
        }
        catch (TypeInitializationException absent)
        {
            throw MagickErrors.NoDecoder(format, absent);
        }
    }

    /// <summary>EXIF and XMP as they stand in a file; null where there is none. No pixel is decoded.</summary>
    /// <exception cref="MagickException">The header can't be read.</exception>
    /// <exception cref="TypeInitializationException">ImageMagick does not come for this kind of machine.</exception>
    public static (byte[]? Exif, byte[]? Xmp) ReadMetadata(byte[] bytes, PhotoFormat format)
    {
        MagickLibrary.Harden(new PhotoOptions());
        using var header = new MagickImage();
        header.Ping(bytes, Settings(format));
        return (header.GetProfile("exif")?.ToByteArray(), header.GetProfile("xmp")?.ToByteArray());
    }

    /// <summary>The header's sizes meet the limits before a pixel is decoded.</summary>
    private void CheckSize(byte[] bytes, PhotoFormat format)
    {
        using var header = new MagickImage();
        header.Ping(bytes, Settings(format));
        PhotoLimits.Check((header.Width, header.Height), BytesAPixel(format), _options);
    }

    private Photo Decode(byte[] bytes, PhotoFormat format)
    {
        using var image = new MagickImage();
        image.Read(bytes, Settings(format));
        PhotoLimits.Check((image.Width, image.Height), BytesAPixel(format), _options); // whatever the header said
        image.AutoOrient();
        if (image.GetColorProfile() is not null)
            image.TransformColorSpace(ColorProfiles.SRGB, ColorTransformMode.Quantum);
        else if (image.ColorSpace != ColorSpace.sRGB)
            image.ColorSpace = ColorSpace.sRGB;
        if (image.HasAlpha)
        {
            image.BackgroundColor = MagickColors.White;
            image.Alpha(AlphaAction.Remove);
        }
        var (width, height) = ((int)image.Width, (int)image.Height);
        using var pixels = image.GetPixelsUnsafe();
        return Reduced(pixels.ToByteArray(PixelMapping.RGB)!, width, height);
    }

    private Photo Reduced(byte[] pixels, int width, int height)
    {
        var scale = Math.Min(1, (double)_options.WorkingSide / Math.Max(width, height));
        if (scale == 1)
            return new Photo(width, height, pixels, width, height);
        var size = (Width: Math.Max(1, (int)Math.Round(width * scale)), Height: Math.Max(1, (int)Math.Round(height * scale)));
        var reduced = new byte[size.Width * size.Height * Photo.Channels];
        Resampler.Resize(pixels, width, height, reduced, size);
        return new Photo(size.Width, size.Height, reduced, width, height);
    }

    /// <summary>The coder is named, so that no content can choose another one; the first picture is the one that is wanted.</summary>
    private static MagickReadSettings Settings(PhotoFormat format) =>
        new()
        {
            Format = CoderOf(format),
            FrameIndex = 0,
            FrameCount = 1,
        };

    /// <summary>
    /// Memory that a decoder takes for a pixel, at most: ImageMagick's four bytes, our three, and what the library holds meanwhile (libheif
    /// planes and one copy, libraw four words of 16 bits and the sensor's one, libjxl floats).
    /// </summary>
    private static int BytesAPixel(PhotoFormat format) =>
        format switch
        {
            PhotoFormat.CameraRaw => 17,
            PhotoFormat.JpegXl => 20,
            _ => 13,
        };

    private static MagickFormat CoderOf(PhotoFormat format) =>
        format switch
        {
            PhotoFormat.Heic => MagickFormat.Heic,
            PhotoFormat.JpegXl => MagickFormat.Jxl,
            _ => MagickFormat.Dng, // libraw tells makers apart by itself
        };

    /// <summary>
    /// These decoders can't be stopped, so they run on a thread of their own: who waits goes on when time is up, and the thread ends when
    /// the decoder does. The limit on pixels bounds how long that is.
    /// </summary>
    private Photo WithinTime(Func<Photo> decode, CancellationToken cancellation)
    {
        var decoding = Task.Factory.StartNew(
            decode,
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
        try
        {
            if (decoding.Wait((int)Math.Min(int.MaxValue, _options.Timeout.TotalMilliseconds), cancellation))
                return decoding.Result;
        }
        catch (AggregateException failed)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed.InnerException!);
        }
        throw PhotoLimits.TooSlow(_options);
    }
}
