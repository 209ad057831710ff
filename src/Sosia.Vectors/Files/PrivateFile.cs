using System.Runtime.Versioning;

namespace Sosia.Vectors.Files;

/// <summary>
/// Files and directories that are their owner's alone, whatever the process's umask: 0600 and 0700. On Windows, where a user's directories
/// are the user's alone already, modes are left as they are.
/// </summary>
public static class PrivateFile
{
    private const UnixFileMode OfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfDirectory = OfFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    /// <summary>Makes a directory, and those above it that are missing, for their owner alone; one that is there keeps its mode.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static void CreateDirectory(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { } above)
            CreateDirectory(above);
        Directory.CreateDirectory(path, OfDirectory);
        Close(path); // the umask may have taken what the owner needs
        DurableNames.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Opens a file; what is made is its owner's alone from its first byte.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it is made.</param>
    /// <param name="access">Read, write or both.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <exception cref="IOException">It is shared otherwise, or the disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.None)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
        };
        if (OperatingSystem.IsWindows())
            return new FileStream(path, options);
        if (mode is not FileMode.Open and not FileMode.Truncate)
            options.UnixCreateMode = OfFile;
        var stream = new FileStream(path, options);
        SetMode(stream, OfFile);
        return stream;
    }

    /// <summary>
    /// Closes a file or directory to others than its owner, where it is there and this process may; nothing is followed, and no file is
    /// opened.
    /// </summary>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path).LinkTarget is not null)
            return;
        SetMode(path, Directory.Exists(path) ? OfDirectory : OfFile);
    }

    /// <summary>
    /// Closes a directory with what lies in it. Where it was closed already only the files in it are looked at, and directories in it that
    /// are open: what lies below a closed one is out of reach, and may be a great many files.
    /// </summary>
    /// <param name="directory">The directory; need not exist. Closed last, so that an interrupted call is made good by the next
    /// one.</param>
    public static void CloseAll(string directory)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(directory) || new FileInfo(directory).LinkTarget is not null)
            return;
        try
        {
            var open = IsOpen(directory);
            foreach (var file in Directory.EnumerateFiles(directory))
                Close(file);
            foreach (var below in Directory.EnumerateDirectories(directory))
                if (open || IsOpen(below))
                    CloseAll(below);
            Close(directory);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Somebody else's: theirs to close.
        }
    }

    private static bool IsOpen(string directory) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(directory) & Others) != 0;

    [UnsupportedOSPlatform("windows")]
    private static void SetMode(FileStream file, UnixFileMode wanted) =>
        Set(() => File.GetUnixFileMode(file.SafeFileHandle), to => File.SetUnixFileMode(file.SafeFileHandle, to), wanted);

    [UnsupportedOSPlatform("windows")]
    private static void SetMode(string path, UnixFileMode wanted) =>
        Set(() => File.GetUnixFileMode(path), to => File.SetUnixFileMode(path, to), wanted);

    private static void Set(Func<UnixFileMode> get, Action<UnixFileMode> set, UnixFileMode wanted)
    {
        try
        {
            var mode = get();
            var closed = (mode & wanted) == 0 ? wanted : mode & wanted;
            if (mode != closed)
                set(closed);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Gone, somebody else's, or on a disk without modes.
        }
    }
}
