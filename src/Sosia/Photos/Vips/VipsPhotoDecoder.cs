using System.Diagnostics;
using NetVips;
using Sosia.Hosting;

namespace Sosia.Photos.Vips;

/// <summary>Decodes photos with libvips: limits first, then upright, sRGB, 8 bits, shrunk while loading where the file is large.</summary>
internal sealed partial class VipsPhotoDecoder : IPhotoDecoder
{
    private const double White = 255;

    private static readonly Lock Failing = new();

    /// <summary>What failed in less is tried again.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);

    private readonly PhotoOptions _options;

    static VipsPhotoDecoder() => LibVips.Harden();

    /// <param name="options">Limits and the size wanted.</param>
    /// <exception cref="ArgumentException">A limit that makes no sense.</exception>
    public VipsPhotoDecoder(PhotoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.Check(options);
        _options = options;
    }

    /// <inheritdoc/>
    public Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sideFor);
        var bytes = file.Bytes;
        var format = PhotoFormats.Of(bytes, file.Stamp.Path);
        if (format == PhotoFormat.Unknown)
            throw new UnreadablePhotoException(
                UnreadableReason.NotAnImage,
                "The file is not a JPEG, PNG, WebP, TIFF, GIF, AVIF, HEIC, JPEG XL or camera RAW image; open it and save it as "
                    + "one of these."
            );
        if (!Completeness.IsWhole(bytes, format))
            throw PhotoLimits.Damaged(PhotoLimits.EndsTooEarly);
        var started = Stopwatch.GetTimestamp();
        try
        {
            return Decode(bytes, format, sideFor, cancellation);
        }
        catch (VipsException failed)
        {
            var isQuick = Stopwatch.GetElapsedTime(started) < Quick;
            throw VipsErrors.Explain(isQuick ? SayAgain(failed, () => Decode(bytes, format, sideFor, cancellation)) : failed);
        }
    }

    /// <summary>
    /// libvips keeps one text of errors for all threads. What failed quickly is tried again, one file at a time, for its own text; nobody
    /// waits long for that.
    /// </summary>
    private static VipsException SayAgain(VipsException failed, Action decode)
    {
        if (!Failing.TryEnter(Quick))
            return failed;
        try
        {
            decode();
            return failed;
        }
        catch (VipsException again)
        {
            return again;
        }
        finally
        {
            Failing.Exit();
        }
    }

    private Photo Decode(byte[] bytes, PhotoFormat format, Func<int, int> sideFor, CancellationToken cancellation)
    {
        using var source = Source.NewFromMemory(bytes); // where the bytes are: from an array libvips makes a copy for every image
        using var header = Load(source, format);
        PhotoLimits.Check((header.Width, header.Height), format == PhotoFormat.Jpeg ? JpegHeader.BytesHeldAPixel(bytes) : 0, _options);
        cancellation.ThrowIfCancellationRequested();
        var turned = header.Contains("orientation") && (int)header.Get("orientation") is >= 5 and <= 8;
        var (width, height) = turned ? (header.Height, header.Width) : (header.Width, header.Height);
        var factor = format == PhotoFormat.Jpeg ? FactorOf(Math.Max(header.Width, header.Height), sideFor) : 1;
        using var reduced = factor > 1 ? LoadReduced(source, factor) : null;
        var opened = reduced ?? header;
        return WithinTime(
            end =>
            {
                using var endsOpened = end.Register(() => opened.SetKill(true));
                using var upright = Upright(opened);
                using var endsUpright = end.Register(() => upright.SetKill(true));
                using var opaque = upright.HasAlpha() ? upright.Flatten(background: [White, White, White]) : null;
                using var small =
                    (opaque ?? upright).Format == Enums.BandFormat.Uchar ? null : (opaque ?? upright).Cast(Enums.BandFormat.Uchar);
                var image = small ?? opaque ?? upright;
                if (image.Bands != Photo.Channels)
                    throw PhotoLimits.Damaged($"it has {image.Bands} channels");
                return new Photo(image.Width, image.Height, image.WriteToMemory<byte>(), width, height);
            },
            cancellation
        );
    }

    private static Image Load(Source source, PhotoFormat format) =>
        format switch
        {
            PhotoFormat.Jpeg => Image.JpegloadSource(source, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error),
            _ => Image.NewFromSource(source, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error),
        };

    /// <summary>By how much a JPEG shrinks while it is decoded; 1 where it is decoded whole.</summary>
    private int FactorOf(int longest, Func<int, int> sideFor)
    {
        var needed = Math.Min(sideFor(longest), _options.WorkingSide);
        return Array.Find([8, 4, 2, 1], by => by == 1 || longest / by >= needed);
    }

    private static Image LoadReduced(Source source, int factor) =>
        Image.JpegloadSource(source, shrink: factor, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);

    /// <summary>
    /// What is still too large is reduced here. Opened before, and not by libvips' own thumbnailer of files, because that paints what it
    /// can't read black and says nothing.
    /// </summary>
    private Image Upright(Image opened) =>
        Math.Max(opened.Width, opened.Height) > _options.WorkingSide
            ? opened.ThumbnailImage(
                _options.WorkingSide,
                height: _options.WorkingSide,
                size: Enums.Size.Down,
                outputProfile: "srgb",
                intent: Enums.Intent.Perceptual
            )
            : AsItIs(opened);

    /// <summary>Ordinary files: only what the file needs is done, for every step costs more than its pixels.</summary>
    private static Image AsItIs(Image loaded)
    {
        var image = loaded.Copy();
        if (image.Contains("orientation") && (int)image.Get("orientation") != 1)
            image = Then(Then(image, static source => source.CopyMemory()), static source => source.Autorot());
        if (image.Contains("icc-profile-data"))
            image = Then(image, static source => source.IccTransform("srgb", embedded: true, intent: Enums.Intent.Perceptual, depth: 8));
        return image.Interpretation == Enums.Interpretation.Srgb
            ? image
            : Then(image, static source => source.Colourspace(Enums.Interpretation.Srgb));
    }

    private static Image Then(Image image, Func<Image, Image> step)
    {
        using (image)
            return step(image);
    }

    /// <summary>Runs work whose pictures are told to end when time is up.</summary>
    private Photo WithinTime(Func<CancellationToken, Photo> decode, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(_options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return decode(either.Token);
        }
        catch (VipsException) when (either.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            throw PhotoLimits.TooSlow(_options);
        }
    }
}
