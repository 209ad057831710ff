namespace Sosia.Keras;

/// <summary>How patient a download is.</summary>
public sealed record DownloadOptions
{
    /// <summary>Largest file taken: the published ones have 219 and 473 MB.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Time in which <see cref="LeastBytes"/> must come, before the connection is given up and made again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Fewer bytes in <see cref="Patience"/> count as none: 1 MB in 30 seconds would take four hours.</summary>
    public long LeastBytes { get; init; } = 1 << 20;

    /// <summary>Tries in a row that may bring nothing.</summary>
    public int Tries { get; init; } = 5;

    /// <summary>Rest before the second try; doubled each time.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes on the disk.</param>
/// <param name="Total">Bytes of the file; null where the server doesn't say.</param>
public readonly record struct DownloadProgress(long Bytes, long? Total);
