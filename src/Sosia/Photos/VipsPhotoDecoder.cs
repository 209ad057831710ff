using System.Text;
using NetVips;

namespace Sosia.Photos;

/// <summary>Decodes photos with libvips: limits first, then upright, sRGB, 8 bits, shrunk while loading where the file is large.</summary>
public sealed partial class VipsPhotoDecoder : IPhotoDecoder
{
    private const double White = 255;

    private readonly PhotoOptions _options;

    static VipsPhotoDecoder()
    {
        NetVips.NetVips.Concurrency = 1; // photos are decoded side by side, one thread each
        NetVips.NetVips.BlockUntrusted = true;
        Cache.Max = 0;
        Cache.MaxFiles = 0;
        Cache.MaxMem = 0;
    }

    /// <param name="options">Limits and the size wanted.</param>
    /// <exception cref="ArgumentException">A limit that makes no sense.</exception>
    public VipsPhotoDecoder(PhotoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
    }

    /// <inheritdoc/>
    public Photo Decode(PhotoFile file, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var bytes = file.Bytes;
        var format = PhotoFormats.Of(bytes, file.Stamp.Path);
        if (format == PhotoFormat.Unknown)
            throw new UnreadablePhotoException(UnreadableReason.NotAnImage, "The file is not a JPEG, PNG, WebP, TIFF, GIF, AVIF, HEIC or camera RAW image; open it and save it as one of these.");
        if (!Completeness.IsWhole(bytes, format)) throw Damaged("it ends too early");
        try
        {
            return Decode(bytes, format, cancellation);
        }
        catch (VipsException failed)
        {
            throw Explain(failed, format);
        }
    }

    private Photo Decode(byte[] bytes, PhotoFormat format, CancellationToken cancellation)
    {
        using var header = Load(bytes, format);
        CheckLimits(header);
        cancellation.ThrowIfCancellationRequested();
        var turned = header.Contains("orientation") && (int)header.Get("orientation") is >= 5 and <= 8;
        var (width, height) = turned ? (header.Height, header.Width) : (header.Width, header.Height);

        using var upright = Math.Max(width, height) > _options.WorkingSide ? Shrunk(bytes) : AsItIs(header);
        using var opaque = upright.HasAlpha() ? upright.Flatten(background: [White, White, White]) : null;
        using var small = (opaque ?? upright).Format == Enums.BandFormat.Uchar ? null : (opaque ?? upright).Cast(Enums.BandFormat.Uchar);
        var image = small ?? opaque ?? upright;
        if (image.Bands != Photo.Channels) throw Damaged($"it has {image.Bands} channels");
        var pixels = WithinTime(image, cancellation);
        return new Photo(image.Width, image.Height, pixels, width, height);
    }

    private static Image Load(byte[] bytes, PhotoFormat format) => format == PhotoFormat.Jpeg
        ? Image.JpegloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);

    private void CheckLimits(Image header)
    {
        var pixels = (long)header.Width * header.Height;
        if (pixels > _options.MaxPixels)
            throw new UnreadablePhotoException(UnreadableReason.OverLimit,
                $"The image has {header.Width:N0} × {header.Height:N0} = {pixels:N0} pixels, and the limit is {_options.MaxPixels:N0}; raise it with --max-pixels.");
        if (Math.Max(header.Width, header.Height) > _options.MaxSide)
            throw new UnreadablePhotoException(UnreadableReason.OverLimit,
                $"The image has {header.Width:N0} × {header.Height:N0} pixels, and no side may be longer than {_options.MaxSide:N0}; raise it with --max-side.");
    }

    /// <summary>Large files: libvips shrinks while it decodes, turns and converts in one go.</summary>
    private Image Shrunk(byte[] bytes) => Image.ThumbnailBuffer(bytes, _options.WorkingSide, height: _options.WorkingSide, size: Enums.Size.Down,
        outputProfile: "srgb", intent: Enums.Intent.Perceptual, failOn: Enums.FailOn.Error);

    /// <summary>Ordinary files: only what the file needs is done, for every step costs more than its pixels.</summary>
    private static Image AsItIs(Image loaded)
    {
        var image = loaded.Copy();
        if (image.Contains("orientation") && (int)image.Get("orientation") != 1)
            image = Then(Then(image, static source => source.CopyMemory()), static source => source.Autorot());
        if (image.Contains("icc-profile-data"))
            image = Then(image, static source => source.IccTransform("srgb", embedded: true, intent: Enums.Intent.Perceptual, depth: 8));
        return image.Interpretation == Enums.Interpretation.Srgb ? image : Then(image, static source => source.Colourspace(Enums.Interpretation.Srgb));
    }

    private static Image Then(Image image, Func<Image, Image> step)
    {
        using (image) return step(image);
    }

    private byte[] WithinTime(Image image, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(_options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        using var kill = either.Token.Register(() => image.SetKill(true));
        try
        {
            return image.WriteToMemory<byte>();
        }
        catch (VipsException) when (either.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new UnreadablePhotoException(UnreadableReason.TooSlow, $"The image took longer than {_options.Timeout.TotalSeconds:F0} s to decode; raise the limit with --timeout.");
        }
    }

    private static UnreadablePhotoException Explain(VipsException failed, PhotoFormat format)
    {
        var reason = FirstLine(failed.Message);
        if (format is PhotoFormat.Heic or PhotoFormat.CameraRaw && IsMissingDecoder(reason))
            return new UnreadablePhotoException(UnreadableReason.NoDecoder, format == PhotoFormat.Heic
                ? "This libvips can't decode HEIC (HEVC); convert the file to JPEG, or use a system libvips with libheif and libde265."
                : "This libvips can't decode camera RAW; convert the file to JPEG, or use a system libvips with libraw.", failed);
        return Damaged(reason, failed);
    }

    private static bool IsMissingDecoder(string reason) =>
        reason.Contains("not in a known format", StringComparison.Ordinal) || reason.Contains("nsupported", StringComparison.Ordinal)
        || reason.Contains("codec", StringComparison.OrdinalIgnoreCase) || reason.Contains("no such operation", StringComparison.OrdinalIgnoreCase)
        || reason.Contains("decod", StringComparison.OrdinalIgnoreCase) || reason.Contains("class \"", StringComparison.Ordinal);

    private static UnreadablePhotoException Damaged(string how, Exception? inner = null) =>
        new(UnreadableReason.Damaged, $"The image is damaged ({how}); copy it again from where it came.", inner);

    private static string FirstLine(string message)
    {
        var line = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).FirstOrDefault() ?? message.Trim();
        var text = new StringBuilder();
        foreach (var letter in line) text.Append(char.IsControl(letter) ? ' ' : letter);
        return text.ToString();
    }
}
