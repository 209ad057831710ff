using System.Security.Cryptography;

namespace Sosia.Vectors.Files;

/// <summary>
/// Writes files that can be made again: under another name in the same directory, then renamed, so that no program sees half of one.
/// What is not committed leaves nothing behind. Losing such a file to a power failure is allowed where it carries a checksum, by which a
/// damaged one is known; the others are there after one.
/// </summary>
public sealed class DerivedFile : IDisposable
{
    /// <summary>Bytes that <see cref="CommitChecked"/> puts behind the content: its SHA-256.</summary>
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

    /// <summary>Reads what <see cref="CommitChecked"/> committed.</summary>
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

    /// <summary>
    /// Puts the SHA-256 of the content behind it, for <see cref="ReadChecked"/>, and renames the file to its final name. Who reads it makes
    /// it again where it is lost or damaged, and so nobody waits for its name to reach the disk.
    /// </summary>
    /// <inheritdoc cref="Commit" path="/exception"/>
    public void CommitChecked()
    {
        ObjectDisposedException.ThrowIf(_done, this);
        _stream.Flush();
        _stream.Position = 0;
        var checksum = SHA256.HashData(_stream);
        _stream.Write(checksum);
        Rename();
    }

    /// <summary>Renames the file to its final name, which is then on the disk, and closes it.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_done, this);
        Rename();
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

    private void Rename()
    {
        // Best effort: .NET swallows what the disk answers here. The content goes before the name in any case.
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_beside, _path, overwrite: true);
        _done = true;
    }

    /// <summary>What .NET makes of EFBIG.</summary>
    internal static bool IsTooLong(Exception e) =>
        e is ArgumentOutOfRangeException && e.TargetSite?.DeclaringType?.Namespace == "System.IO";

    internal IOException TooLong(Exception why) => new($"{_path}: the system allows no file that long.", why);
}
