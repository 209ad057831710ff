using System.Security.Cryptography;

namespace Sosia.Photos;

/// <summary>A file as it was read.</summary>
/// <param name="Stamp">Path, length and time of the last change.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="Sha256">SHA-256 of the bytes, in lower-case hex.</param>
internal sealed record PhotoFile(FileStamp Stamp, byte[] Bytes, string Sha256)
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit on its length.</param>
    /// <param name="cancellation">Checked between pieces.</param>
    /// <exception cref="UnreadablePhotoException">Empty, over the limit, not readable, or changing while it is read.</exception>
    public static PhotoFile Read(string path, PhotoOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            if (Directory.Exists(path))
                throw new UnreadablePhotoException(UnreadableReason.NotAnImage, "This is a folder, and a photo is needed.");
            var before = StampOf(path);
            // A FIFO or a device has length 0 as well, and opening one may block forever.
            if (before.Bytes == 0)
                throw new UnreadablePhotoException(
                    UnreadableReason.Empty,
                    "The file is empty (0 bytes), or not a regular file; copy it again from where it came."
                );
            if (before.Bytes > options.MaxBytes)
                throw new UnreadablePhotoException(
                    UnreadableReason.OverLimit,
                    $"The file has {before.Bytes:N0} bytes, and the limit is {options.MaxBytes:N0}; raise it with --max-bytes."
                );
            var bytes = ReadAll(path, before.Bytes, cancellation);
            if (bytes.Length != before.Bytes || StampOf(path) != before)
                throw new UnreadablePhotoException(
                    UnreadableReason.Changing,
                    "The file changed while it was read; index again when it is at rest."
                );
            return new PhotoFile(before, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UnreadablePhotoException(UnreadableReason.NoAccess, Explain(path, refused), refused);
        }
    }

    /// <summary>Path, length and time of the last change; of the target, where the path is a link.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    internal static FileStamp StampOf(string path)
    {
        FileSystemInfo file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return new FileStamp(Path.GetFullPath(path), ((FileInfo)file).Length, file.LastWriteTimeUtc);
    }

    /// <summary>The same of a file that is no link, as it was when it was first looked at.</summary>
    internal static FileStamp StampOf(FileInfo file) => new(file.FullName, file.Length, file.LastWriteTimeUtc);

    private static byte[] ReadAll(string path, long length, CancellationToken cancellation)
    {
        using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            FileOptions.SequentialScan
        );
        var bytes = new byte[length];
        var read = 0;
        for (int got; read < bytes.Length && (got = stream.Read(bytes, read, Math.Min(bytes.Length - read, 4 << 20))) > 0; read += got)
            cancellation.ThrowIfCancellationRequested();
        return stream.ReadByte() < 0 ? bytes[..read] : [.. bytes, 0]; // longer than it was: the lengths will differ
    }

    private static string Explain(string path, Exception refused) =>
        refused switch
        {
            _ when path.Contains('\uFFFD', StringComparison.Ordinal) => "The file's name is not valid text (UTF-8); rename it.",
            FileNotFoundException or DirectoryNotFoundException => "The file is not there.",
            UnauthorizedAccessException => "The file may not be read; allow it for this user.",
            _ => $"The file can't be read ({refused.Message.Split('\n')[0].TrimEnd('.')}); check the disk.",
        };
}
