using Sosia.Photos;

namespace Sosia.Catalogue;

/// <summary>Some photos of a collection: by where they lie, and by when they were taken.</summary>
public sealed record PhotoFilter
{
    /// <summary>Only photos that have a path under one of these directories; empty for any.</summary>
    public IReadOnlyList<string> Under
    {
        get;
        init => field = [.. value.Select(Path.GetFullPath)];
    } = [];

    /// <summary>Only photos taken then or later, by <see cref="PhotoRow.Taken"/>'s clock; null for any.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only photos taken earlier, likewise.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Whether every photo is meant.</summary>
    internal bool IsAll => Under.Count == 0 && !HasTime;

    internal bool HasTime => From is not null || Before is not null;

    /// <summary>The same text for the same filter, and for no other.</summary>
    internal string Key => string.Join('\0', [$"{From?.Ticks}", $"{Before?.Ticks}", .. Under.Order(StringComparer.Ordinal)]);

    /// <summary>Why a photo is none of these, in one sentence; null when it is one.</summary>
    internal string? WhyNot(PhotoRow photo)
    {
        if (Under.Count > 0 && !photo.Paths.Any(path => Under.Any(directory => PathRules.LiesIn(path, directory))))
            return $"It does not lie under {string.Join(" or ", Under)}.";
        if (photo.Taken is { } taken && (taken.Clock < From || taken.Clock >= Before))
            return $"It was taken at {taken}, and only photos taken {Describe()} were searched.";
        return null;
    }

    private string Describe() =>
        (From, Before) switch
        {
            ({ } from, { } before) => $"from {from:s} to before {before:s}",
            ({ } from, null) => $"from {from:s} on",
            _ => $"before {Before:s}",
        };
}
