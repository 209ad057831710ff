namespace Sosia.Photos;

/// <summary>What the file system said of a file when it was last read: unchanged means the same bytes.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Modified">Last write, UTC, as precise as the file system gives it.</param>
public readonly record struct FileStamp(string Path, long Bytes, DateTime Modified);
