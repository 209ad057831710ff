using System.Text.RegularExpressions;
using ImageMagick;

namespace Sosia.Photos.Magick;

/// <summary>What ImageMagick says, in one sentence for people: what, why, and what to do.</summary>
internal static class MagickErrors
{
    /// <summary>What the libraries under it say when a file stops before it should.</summary>
    private static readonly string[] CutOff = ["end of file", "outside of file", "premature", "truncated", "unexpected eof"];

    private static readonly Regex NumberOfError = new(@"\(\d+\.\d+\)");

    public static UnreadablePhotoException Explain(MagickException failed, PhotoFormat format)
    {
        var said = failed.Message;
        if (failed is MagickResourceLimitErrorException)
            return new(
                UnreadableReason.OverLimit,
                $"The {Name(format)} image needs more memory or pixels than the limits allow; raise --max-pixels or --max-memory.",
                failed
            );
        return PhotoLimits.Damaged(
            CutOff.Any(words => said.Contains(words, StringComparison.OrdinalIgnoreCase)) ? PhotoLimits.EndsTooEarly : Words(said),
            failed
        );
    }

    public static UnreadablePhotoException NoDecoder(PhotoFormat format, Exception inner) =>
        new(
            UnreadableReason.NoDecoder,
            $"Sosia's decoder of {Name(format)} does not come for this kind of machine; convert the files to JPEG.",
            inner
        );

    private static string Name(PhotoFormat format) =>
        format switch
        {
            PhotoFormat.Heic => "HEIC",
            PhotoFormat.JpegXl => "JPEG XL",
            _ => "camera RAW",
        };

    /// <summary>The reason without what names files, places in sources and libheif's numbers of errors.</summary>
    private static string Words(string said)
    {
        var line = NumberOfError.Replace(said.Split('\n')[0], "");
        var end = line.IndexOfAny(['`', '@']);
        var words = (end > 0 ? line[..end] : line).Split(": ")[^1].Trim().TrimEnd(':', '.');
        return words.Length == 0
            ? "the decoder gives no reason"
            : char.ToLowerInvariant(words[0]) + string.Concat(words[1..].Select(c => char.IsControl(c) ? ' ' : c));
    }
}
