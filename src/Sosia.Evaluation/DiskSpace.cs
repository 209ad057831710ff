namespace Sosia.Evaluation;

/// <summary>Says no before hours of work whose result has no room.</summary>
internal static class DiskSpace
{
    /// <exception cref="IOException">Fewer bytes are free where the file will lie.</exception>
    public static void Require(string path, long bytes, string? remedy = null)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(directory);
        var free = new DriveInfo(directory).AvailableFreeSpace;
        if (bytes > free)
            throw new IOException(
                $"{path} needs {bytes:N0} more bytes, and {free:N0} are free there; {remedy ?? "choose a place on another disk"}."
            );
    }
}
