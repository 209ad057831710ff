using NetVips;

namespace Sosia.Photos.Vips;

/// <summary>What libvips says, in one sentence for people: what, why, and what to do.</summary>
internal static class VipsErrors
{
    public const string EndsTooEarly = "it ends too early";

    /// <summary>What the libraries under libvips say when a file stops before it should; the format is known by then.</summary>
    private static readonly string[] CutOff =
    [
        "bad seek",
        "end of file",
        "premature end",
        "not in a known format",
        "read error",
        "read gave",
        "out of data",
        "truncated",
        "unable to parse image",
        "not enough",
    ];

    private static readonly string[] NoCodec = ["has not been built in", "nsupported codec", "decoder plugin", "no such operation"];

    public static UnreadablePhotoException Explain(VipsException failed, PhotoFormat format)
    {
        var said = failed.Message;
        if (format == PhotoFormat.Heic && SaysNoDecoder(failed))
            return NoDecoder(format, failed);
        if (said.Contains("Maximum supported image dimension", StringComparison.Ordinal))
            return new(
                UnreadableReason.OverLimit,
                "The image has a side longer than 65,500 pixels, more than any JPEG decoder takes; save it smaller.",
                failed
            );
        return Damaged(
            CutOff.Any(words => said.Contains(words, StringComparison.OrdinalIgnoreCase)) ? EndsTooEarly : LastLine(said),
            failed
        );
    }

    public static bool SaysNoDecoder(VipsException failed) => NoCodec.Any(failed.Message.Contains);

    public static UnreadablePhotoException Damaged(string how, Exception? inner = null) =>
        new(UnreadableReason.Damaged, $"The image is damaged ({how}); copy it again from where it came.", inner);

    public static UnreadablePhotoException NoDecoder(PhotoFormat format, Exception? inner = null)
    {
        var (what, library) = format == PhotoFormat.Heic ? ("HEIC (HEVC)", "libheif and libde265") : ("camera RAW", "libraw");
        return new(
            UnreadableReason.NoDecoder,
            $"The libvips that came with Sosia can't decode {what}; convert the files to JPEG, or put a libvips with {library} in its "
                + "place (docs/formats.md) and index with --retry-failed.",
            inner
        );
    }

    /// <summary>libvips puts what it was doing first, and what went wrong last.</summary>
    private static string LastLine(string message)
    {
        var line =
            message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
            ?? "no reason given";
        return string.Concat(line.Select(letter => char.IsControl(letter) ? ' ' : letter)).TrimEnd('.');
    }
}
