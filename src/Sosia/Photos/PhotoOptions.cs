using System.ComponentModel.DataAnnotations;

namespace Sosia.Photos;

/// <summary>Limits that a file meets before it is decoded, and the size it is decoded to.</summary>
public sealed record PhotoOptions
{
    /// <summary>Largest file read, in bytes.</summary>
    [Range(1, long.MaxValue, ErrorMessage = "The largest file read must have 1 byte or more.")]
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Most pixels decoded: columns × rows of the file.</summary>
    [Range(1, long.MaxValue, ErrorMessage = "The most pixels decoded must be 1 or more.")]
    public long MaxPixels { get; init; } = 250_000_000;

    /// <summary>Longest side decoded, in pixels of the file.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "The longest side decoded must be 1 pixel or more.")]
    public int MaxSide { get; init; } = 65_500;

    /// <summary>
    /// Most memory that decoding one file may take, in bytes, as its header lets expect: progressive JPEGs, HEIC, camera RAW and JPEG XL
    /// are decoded whole, while other formats are decoded in strips.
    /// </summary>
    [Range(1, long.MaxValue, ErrorMessage = "The most memory for decoding must be 1 byte or more.")]
    public long MaxMemory { get; init; } = 2L << 30;

    /// <summary>Longest side after decoding: larger photos are shrunk while they are decoded.</summary>
    [Range(64, int.MaxValue, ErrorMessage = "The longest side after decoding must be {1} pixels or more.")]
    public int WorkingSide { get; init; } = 4096;

    /// <summary>Time for decoding one file.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "10675199", ErrorMessage = "The time for decoding one file must be a millisecond or more.")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
