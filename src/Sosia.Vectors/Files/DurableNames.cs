using System.Runtime.InteropServices;

namespace Sosia.Vectors.Files;

/// <summary>
/// Lets what was made, renamed or deleted in a directory survive a power cut: a file system may keep a file's content and lose its name, or
/// bring a deleted name back, until the directory itself was synced.
/// </summary>
public static partial class DurableNames
{
    private const int ReadOnly = 0; // O_RDONLY, the same on Linux and macOS

    /// <summary>
    /// Writes a directory's names to the disk. Best effort: a file system that can't do so (some network shares) is left as it is, and
    /// Windows keeps names in a journal of its own.
    /// </summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var opened = Open(directory, ReadOnly);
        if (opened < 0)
            return; // gone meanwhile, or not ours to read
        _ = Sync(opened);
        _ = Close(opened);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
