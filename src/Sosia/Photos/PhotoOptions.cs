namespace Sosia.Photos;

/// <summary>Limits that a file meets before it is decoded, and the size it is decoded to.</summary>
public sealed record PhotoOptions
{
    /// <summary>Largest file read, in bytes.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Most pixels decoded: columns × rows of the file.</summary>
    public long MaxPixels { get; init; } = 250_000_000;

    /// <summary>Longest side decoded, in pixels of the file.</summary>
    public int MaxSide { get; init; } = 65_500;

    /// <summary>Longest side after decoding: larger photos are shrunk while they are decoded.</summary>
    public int WorkingSide { get; init; } = 4096;

    /// <summary>Time for decoding one file.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <exception cref="ArgumentException">A limit that makes no sense, in one sentence.</exception>
    public void Check()
    {
        if (MaxBytes < 1 || MaxPixels < 1 || MaxSide < 1 || WorkingSide < 64 || Timeout <= TimeSpan.Zero)
            throw new ArgumentException("Limits on photos must be 1 or more, and the working side 64 or more.");
    }
}
