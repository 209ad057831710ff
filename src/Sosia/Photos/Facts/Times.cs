using System.Globalization;
using System.Text.RegularExpressions;

namespace Sosia.Photos.Facts;

/// <summary>Reads the times of EXIF and XMP, and refuses those that can't be.</summary>
internal static class Times
{
    /// <summary>A clock that was never set: EXIF writes blanks.</summary>
    private static readonly Regex Blank = Pattern(@"^[\s:]*\z");

    private static readonly Regex ExifTime = Pattern(
        @"^\s*(?<year>\d{4})[:\-/.](?<month>\d{1,2})[:\-/.](?<day>\d{1,2})"
            + @"(?:[ T]+(?<hour>\d{1,2}):(?<minute>\d{1,2})(?::(?<second>\d{1,2}))?)?"
    );

    private static readonly Regex XmpTime = Pattern(
        @"^\s*(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})"
            + @"(?:T(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d*)?)?(?<offset>Z|[+\-]\d{2}:?\d{2})?)?\s*\z"
    );

    private static readonly Regex OnlyYearOrMonth = Pattern(@"^\s*\d{4}(?:-\d{2})?\s*\z");

    private static readonly Regex ZoneOffset = Pattern(@"^\s*([+\-])(\d{2}):?(\d{2})\s*\z");

    /// <summary>The year of the oldest photo that there is.</summary>
    private const int FirstYear = 1826;

    private static readonly TimeSpan MostOffset = TimeSpan.FromHours(14);

    /// <summary>Clocks of the easternmost islands are that much ahead of UTC, and cameras' clocks are seldom right.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2);

    /// <summary>A time as EXIF has it, <c>2024:06:01 12:30:00</c>, and its offset, <c>+02:00</c>, where there is one.</summary>
    /// <returns>The time, or why it is none; neither where nothing was set.</returns>
    public static (TimeTaken? Taken, string? Problem) OfExif(string? time, string? offset, DateTime now)
    {
        if (Blank.IsMatch(time ?? ""))
            return default;
        if (ExifTime.Match(time!) is not { Success: true } parts)
            return (null, NoDate(time!, "EXIF"));
        return Make(parts, time!, OffsetOf(offset), TimeSource.Exif, now);
    }

    /// <summary>A time as XMP has it, ISO 8601 with a day at least.</summary>
    /// <returns>As <see cref="OfExif"/>.</returns>
    public static (TimeTaken? Taken, string? Problem) OfXmp(string? time, DateTime now)
    {
        if (string.IsNullOrWhiteSpace(time) || OnlyYearOrMonth.IsMatch(time))
            return default;
        if (XmpTime.Match(time) is not { Success: true } parts)
            return (null, NoDate(time, "XMP"));
        return Make(parts, time, OffsetOf(parts.Groups["offset"].Value), TimeSource.Xmp, now);
    }

    private static (TimeTaken?, string?) Make(Match parts, string text, TimeSpan? offset, TimeSource from, DateTime now)
    {
        var (year, month, day) = (Number("year"), Number("month"), Number("day"));
        var (hour, minute, second) = (Number("hour"), Number("minute"), Number("second"));
        var isDate =
            year is >= FirstYear and <= 9999
            && month is >= 1 and <= 12
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month)
            && hour <= 23
            && minute <= 59
            && second <= 60;
        var name = from == TimeSource.Exif ? "EXIF" : "XMP";
        if (!isDate)
            return (null, NoDate(text, name));
        var clock = new DateTime(year, month, day, hour, minute, Math.Min(second, 59));
        if (clock > now + Ahead)
            return (null, $"The time that its {name} gives, {clock:yyyy-MM-dd}, lies in the future; it is left out.");
        return (new TimeTaken(clock, offset, from), null);

        int Number(string group) =>
            parts.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>An offset from UTC; null where there is none, or one that no clock has.</summary>
    private static TimeSpan? OffsetOf(string? text)
    {
        if (text is "Z" or "z")
            return TimeSpan.Zero;
        if (ZoneOffset.Match(text ?? "") is not { Success: true } parts)
            return null;
        var (hours, minutes) = (int.Parse(parts.Groups[2].Value, CultureInfo.InvariantCulture), parts.Groups[3].Value);
        var offset = new TimeSpan(hours, int.Parse(minutes, CultureInfo.InvariantCulture), 0);
        return offset > MostOffset ? null
            : parts.Groups[1].Value == "-" ? -offset
            : offset;
    }

    private static string NoDate(string text, string name) =>
        $"The time that its {name} gives, '{PlainText.Of(text, 40)}', is no date; it is left out.";

    private static Regex Pattern(string text) => new(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
