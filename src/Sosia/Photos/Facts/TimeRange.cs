using System.Globalization;
using Sosia.Hosting;

namespace Sosia.Photos.Facts;

/// <summary>Reads the days and times that people give as limits.</summary>
public static class TimeRange
{
    private static readonly string[] Exact = ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm"];

    /// <summary>The first moment of a year, a month, a day, or a time itself.</summary>
    /// <param name="text"><c>2024</c>, <c>2024-06</c>, <c>2024-06-01</c>, <c>2024-06-01T12:30</c> with or without seconds.</param>
    /// <exception cref="ArgumentException">None of these.</exception>
    public static DateTime Start(string text) => Read(text).Start;

    /// <summary>The first moment after a year, a month, a day; after a time, the next minute or second.</summary>
    /// <inheritdoc cref="Start"/>
    public static DateTime End(string text) => Read(text).End;

    private static (DateTime Start, DateTime End) Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (Is(trimmed, "yyyy", out var year))
            return (year, Next(year, () => year.AddYears(1)));
        if (Is(trimmed, "yyyy-MM", out var month))
            return (month, Next(month, () => month.AddMonths(1)));
        if (Is(trimmed, "yyyy-MM-dd", out var day))
            return (day, Next(day, () => day.AddDays(1)));
        foreach (var format in Exact)
            if (Is(trimmed, format, out var time))
                return (
                    time,
                    Next(
                        time,
                        () => time + (format.EndsWith("ss", StringComparison.Ordinal) ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1))
                    )
                );
        throw new OptionException($"Expected a day or time as 2024, 2024-06, 2024-06-01 or 2024-06-01T12:30, got '{text}'.");
    }

    private static bool Is(string text, string format, out DateTime time) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>What follows, and the end of time where nothing does.</summary>
    private static DateTime Next(DateTime start, Func<DateTime> next) => start.Year < DateTime.MaxValue.Year ? next() : DateTime.MaxValue;
}
