using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sosia.Vectors.Files;

/// <summary>
/// Writes files that can be made again: under another name in the same directory, then renamed, so that no program sees half of one.
/// What is not committed leaves nothing behind. Losing such a file to a power failure is allowed, trusting a damaged one is not:
/// that is what the checksum is for.
/// </summary>
public sealed class DerivedFile : IDisposable
{
    /// <summary>Bytes that <see cref="WriteChecked"/> puts behind the content: its SHA-256.</summary>
    public const int ChecksumBytes = SHA256.HashSizeInBytes;

    private const int BufferBytes = 1 << 16;
    private readonly string _path;
    private readonly string _beside;
    private readonly FileStream _stream;
    private readonly bool _keep;
    private bool _done;

    private DerivedFile(string path, bool keep, bool isPrivate = false)
    {
        _path = Path.GetFullPath(path);
        _keep = keep;
        var directory = Path.GetDirectoryName(_path)!;
        if (isPrivate)
            PrivateFile.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory);
        _beside = keep ? _path + ".part" : $"{_path}.{Guid.NewGuid():N}.part";
        var mode = keep ? FileMode.OpenOrCreate : FileMode.CreateNew;
        _stream = isPrivate
            ? PrivateFile.Open(_beside, mode, FileAccess.ReadWrite)
            : new FileStream(_beside, mode, FileAccess.ReadWrite, FileShare.None, BufferBytes);
    }

    /// <summary>Where the content goes; can seek. Owned by this object.</summary>
    public Stream Stream => _stream;

    /// <summary>Begins a file that is written over some time.</summary>
    /// <param name="path">The file as it will be called; its directory is made when missing.</param>
    /// <param name="isPrivate">Whether it, and directories that are made, are their owner's alone; else they follow the umask.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static DerivedFile Create(string path, bool isPrivate = false) => new(path, keep: false, isPrivate);

    /// <summary>
    /// Begins a file that takes hours, or continues what an earlier program left beside it as <c>{path}.part</c>; kept until it is
    /// committed.
    /// </summary>
    /// <param name="path">The file as it will be called; its directory is made when missing.</param>
    /// <exception cref="IOException">Another program is writing it, or the disk is full or refuses.</exception>
    public static DerivedFile Resume(string path) => new(path, keep: true);

    /// <summary>Writes a whole file, in place of one that is there.</summary>
    /// <param name="path">The file; its directory is made when missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="isPrivate">Whether it, and directories that are made, are their owner's alone; else they follow the umask.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static void Write(string path, Action<Stream> write, bool isPrivate = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = Create(path, isPrivate);
        try
        {
            write(file.Stream);
            file.Commit();
        }
        catch (ArgumentOutOfRangeException e) when (IsTooLong(e))
        {
            throw file.TooLong(e);
        }
    }

    /// <summary>Writes a whole file with its SHA-256 behind it, for <see cref="ReadChecked"/>.</summary>
    /// <param name="path">The file; its directory is made when missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static void WriteChecked(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(
            path,
            stream =>
            {
                write(stream);
                stream.Flush();
                stream.Position = 0;
                var checksum = SHA256.HashData(stream);
                stream.Write(checksum);
            }
        );
    }

    /// <summary>Reads what <see cref="WriteChecked"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The content without its checksum; null where there is no such file, it can't be read, or it is damaged: make it
    /// again.</returns>
    public static byte[]? ReadChecked(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Length < ChecksumBytes)
                return null;
            var content = bytes.AsSpan(..^ChecksumBytes);
            return SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(^ChecksumBytes..)) ? content.ToArray() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Renames the file to its final name and closes it.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_done, this);
        // Best effort: .NET swallows what the disk answers here. The content goes before the name in any case.
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_beside, _path, overwrite: true);
        _done = true;
        DurableNames.Flush(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes what was not committed; keeps it where it is to be resumed.</summary>
    public void Dispose()
    {
        if (_done)
            return;
        _done = true;
        try
        {
            _stream.Dispose();
        }
        catch (Exception e) when (e is IOException || IsTooLong(e))
        {
            // The disk is full: the rest of the buffer has nowhere to go, and its loss has been told by the write before.
        }
        // After a full disk this gives the space back.
        if (!_keep)
            File.Delete(_beside);
    }

    /// <summary>What .NET makes of EFBIG.</summary>
    internal static bool IsTooLong(Exception e) =>
        e is ArgumentOutOfRangeException && e.TargetSite?.DeclaringType?.Namespace == "System.IO";

    internal IOException TooLong(Exception why) => new($"{_path}: the system allows no file that long.", why);
}

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
