using NetVips;

namespace Sosia.Photos.Vips;

/// <summary>What libvips says, in one sentence for people: what, why, and what to do.</summary>
internal static class VipsErrors
{
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

    public static UnreadablePhotoException Explain(VipsException failed)
    {
        var said = failed.Message;
        if (said.Contains("Maximum supported image dimension", StringComparison.Ordinal))
            return new(
                UnreadableReason.OverLimit,
                "The image has a side longer than 65,500 pixels, more than any JPEG decoder takes; save it smaller.",
                failed
            );
        return PhotoLimits.Damaged(
            CutOff.Any(words => said.Contains(words, StringComparison.OrdinalIgnoreCase)) ? PhotoLimits.EndsTooEarly : LastLine(said),
            failed
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
