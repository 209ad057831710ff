namespace Sosia.Photos;

/// <summary>What the file system said of a file when it was last read: unchanged means the same bytes.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Modified">Last write, UTC, as precise as the file system gives it.</param>
public readonly record struct FileStamp(string Path, long Bytes, DateTime Modified)
{
    /// <summary>The XMP file beside the photo that other programs keep for it; null when there is none.</summary>
    public SidecarStamp? Sidecar { get; init; }
}

/// <summary>What the file system said of a sidecar, likewise.</summary>
/// <param name="Path">Absolute path: <c>photo.jpg.xmp</c>, or <c>photo.xmp</c>.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Modified">Last write, UTC, as precise as the file system gives it.</param>
public sealed record SidecarStamp(string Path, long Bytes, DateTime Modified);
