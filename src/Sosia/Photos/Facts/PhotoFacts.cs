using System.Globalization;

namespace Sosia.Photos.Facts;

/// <summary>Who says when a photo was taken.</summary>
public enum TimeSource
{
    /// <summary>The camera, in the photo's EXIF.</summary>
    Exif,

    /// <summary>Whoever wrote XMP into the photo, or into a sidecar beside it.</summary>
    Xmp,

    /// <summary>The file system: when the file was last changed. A copy may be younger than its photo.</summary>
    File,
}

/// <summary>When a photo was taken.</summary>
/// <param name="Clock">What a clock showed where the photo was taken; of <see cref="TimeSource.File"/>, UTC.</param>
/// <param name="Offset">That clock's offset from UTC, less than a day; null where nobody says.</param>
/// <param name="From">Who says so.</param>
public sealed record TimeTaken(DateTime Clock, TimeSpan? Offset, TimeSource From)
{
    /// <summary>As ISO 8601 has it: <c>2024-06-01T12:30:00+02:00</c>, without the offset where it is not known.</summary>
    public override string ToString()
    {
        var clock = Clock.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return Offset is { } offset ? $"{clock}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}" : clock;
    }
}

/// <summary>Where a photo was taken.</summary>
/// <param name="Latitude">Degrees, north positive, in [−90, 90].</param>
/// <param name="Longitude">Degrees, east positive, in [−180, 180].</param>
public sealed record Place(double Latitude, double Longitude);

/// <summary>
/// What a photo, or a sidecar beside it, says of itself. Text is plain: one line, no control characters, of bounded length.
/// </summary>
public sealed record PhotoFacts
{
    /// <summary>Nothing is said.</summary>
    public static PhotoFacts None { get; } = new();

    /// <summary>
    /// The version of how facts are read. A photo whose facts were read by a lower one is read again by the next index, and nothing of it
    /// is computed anew.
    /// </summary>
    internal const int Version = 1;

    /// <summary>When it was taken, by EXIF or XMP; null when neither says.</summary>
    public TimeTaken? Taken { get; init; }

    /// <summary>Maker and model of the camera.</summary>
    public string? Camera { get; init; }

    /// <summary>Where it was taken; null unless that was asked for.</summary>
    public Place? Place { get; init; }

    /// <summary>What somebody wrote below it: XMP's description, else IPTC's caption.</summary>
    public string? Caption { get; init; }

    /// <summary>Who is to be named with it: XMP's or IPTC's credit, else the author.</summary>
    public string? Credit { get; init; }

    /// <summary>What was said and can't be true or read, in one sentence; null when all could be read.</summary>
    public string? Problem { get; init; }
}
