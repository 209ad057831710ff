using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Pictures;

/// <summary>The files of stored photos, as long as they hold the bytes that were indexed: nothing else is ever handed out.</summary>
/// <param name="limits">Limits on files.</param>
internal sealed class Originals(PhotoOptions limits)
{
    /// <summary>Files whose blocks' hashes are remembered: 8 kB for one of 256 MB.</summary>
    private const int Remembered = 1000;

    /// <summary>By the hash of the whole: what the blocks of these bytes hash to never changes.</summary>
    private readonly ConcurrentDictionary<string, VerifiedFile.BlockHashes> _blocks = new(StringComparer.Ordinal);

    /// <summary>Limits on files.</summary>
    public PhotoOptions Limits => limits;

    /// <summary>
    /// Opens the file of a stored photo, at the first of its paths where its bytes still lie. Read whole the first time; from then on only
    /// what is sent is read, and checked.
    /// </summary>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed.</exception>
    public VerifiedFile Open(PhotoRow photo, CancellationToken cancellation)
    {
        foreach (var path in photo.Paths.Where(IsOrdinaryFile))
        {
            FileStream? file = null;
            VerifiedFile? verified = null;
            try
            {
                file = Open(path, FileOptions.Asynchronous);
                verified = BlocksOf(photo, file, cancellation) is { } blocks ? VerifiedFile.Open(file, blocks) : null;
                if (verified is not null)
                    return verified;
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // The next path may do.
            }
            finally
            {
                if (verified is null)
                    file?.Dispose();
            }
        }
        throw Gone(photo);
    }

    /// <summary>Reads the file of a stored photo, and checks what was read.</summary>
    /// <inheritdoc cref="Open(PhotoRow, CancellationToken)" path="/exception"/>
    public PhotoFile Read(PhotoRow photo, CancellationToken cancellation)
    {
        foreach (var path in photo.Paths.Where(IsOrdinaryFile))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using var file = Open(path, FileOptions.None);
                if (file.Length > limits.MaxBytes)
                    continue;
                var bytes = new byte[file.Length];
                file.ReadExactly(bytes);
                if (Convert.ToHexStringLower(SHA256.HashData(bytes)) == photo.Sha256)
                    return new PhotoFile(new FileStamp(file.Name, bytes.Length, default), bytes, photo.Sha256);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // The next path may do.
            }
        }
        throw Gone(photo);
    }

    private VerifiedFile.BlockHashes? BlocksOf(PhotoRow photo, FileStream file, CancellationToken cancellation)
    {
        if (_blocks.TryGetValue(photo.Sha256, out var known))
            return known;
        if (file.Length > limits.MaxBytes)
            return null;
        var (sha256, blocks) = VerifiedFile.BlockHashes.Of(file, cancellation);
        if (sha256 != photo.Sha256)
            return null;
        if (_blocks.Count >= Remembered)
            _blocks.Clear();
        return _blocks[sha256] = blocks;
    }

    private static FileStream Open(string path, FileOptions options) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, options);

    private static UnreadablePhotoException Gone(PhotoRow photo) =>
        new(
            UnreadableReason.NoAccess,
            $"The file of photo {photo.Id} is gone, or holds other bytes than were indexed; index its folder again."
        );

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
