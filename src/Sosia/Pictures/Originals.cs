using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Pictures;

/// <summary>The files of stored photos, as long as they hold the bytes that were indexed: nothing else is ever handed out.</summary>
/// <param name="limits">Limits on files.</param>
internal sealed class Originals(PhotoOptions limits)
{
    /// <summary>Limits on files.</summary>
    public PhotoOptions Limits => limits;

    /// <summary>Opens the file of a stored photo, at the first of its paths where its bytes still lie.</summary>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed.</exception>
    public FileStream Open(PhotoRow photo)
    {
        foreach (var path in photo.Paths.Where(IsOrdinaryFile))
        {
            FileStream? file = null;
            try
            {
                file = new FileStream(
                    path,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.ReadWrite | FileShare.Delete,
                    bufferSize: 0,
                    FileOptions.Asynchronous
                );
                if (file.Length <= limits.MaxBytes && Convert.ToHexStringLower(SHA256.HashData(file)) == photo.Sha256)
                {
                    file.Position = 0;
                    return file;
                }
                file.Dispose();
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                file?.Dispose();
            }
        }
        throw new UnreadablePhotoException(
            UnreadableReason.NoAccess,
            $"The file of photo {photo.Id} is gone, or holds other bytes than were indexed; index its folder again."
        );
    }

    /// <summary>Reads the file of a stored photo.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public PhotoFile Read(PhotoRow photo, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var file = Open(photo);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return new PhotoFile(new FileStamp(file.Name, bytes.Length, default), bytes, photo.Sha256);
    }

    // A FIFO or a device has length 0, and opening one may block forever.
    private static bool IsOrdinaryFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return false;
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true);
        return target is FileInfo { Exists: true, Length: > 0 };
    }
}
