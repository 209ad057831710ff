using System.Numerics;
using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Pictures;

namespace Sosia;

public sealed partial class Collection
{
    private PictureCache Pictures => field ??= new(Directory);

    /// <summary>A small WebP of a stored photo, from the disk if it was made before.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="side">Longest side, in pixels.</param>
    /// <param name="cancellation">Given up between stages.</param>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed.</exception>
    public byte[] Thumbnail(PhotoRow photo, int side, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return PictureCache.Get(
            Pictures.OfPhoto(photo.Sha256, side),
            () => Thumbnailer.OfPhoto(Original(photo, cancellation).Bytes, side, cancellation),
            () => Read(reader => reader.FindPhoto(photo.Id))?.Sha256 == photo.Sha256
        );
    }

    /// <summary>A square WebP around a stored face, from the disk if it was made before.</summary>
    /// <inheritdoc cref="Thumbnail" path="/exception"/>
    public byte[] Crop(PhotoRow photo, FaceRow face, int side, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(face);
        return PictureCache.Get(
            Pictures.OfFace(face.Id.Value, side),
            () => Thumbnailer.OfFace(_decoder.Decode(Original(photo, cancellation), cancellation), face.Box, side),
            () => Read(reader => reader.FindFace(face.Id)) == face
        );
    }

    /// <summary>What the embedding network saw of a stored face.</summary>
    /// <inheritdoc cref="Thumbnail" path="/exception"/>
    public AlignedFace Align(PhotoRow photo, FaceRow face, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(face);
        var decoded = _decoder.Decode(Original(photo, cancellation), cancellation);
        return Pipeline.Aligner.Align(decoded, face.Landmarks.Transform(Matrix3x2.CreateScale(1 / decoded.ToOriginal)), cancellation);
    }

    /// <summary>Opens the file of a stored photo, at the first of its paths where its bytes still lie.</summary>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed: nothing else is ever handed
    /// out.</exception>
    public FileStream OpenOriginal(PhotoRow photo)
    {
        ArgumentNullException.ThrowIfNull(photo);
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
                if (file.Length <= _options.Photos.MaxBytes && Convert.ToHexStringLower(SHA256.HashData(file)) == photo.Sha256)
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
        throw Gone(photo);
    }

    private PhotoFile Original(PhotoRow photo, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var file = OpenOriginal(photo);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return new PhotoFile(new FileStamp(file.Name, bytes.Length, default), bytes, photo.Sha256);
    }

    // A FIFO or a device has length 0, and opening one may wait for ever.
    private static bool IsOrdinaryFile(string path) =>
        new FileInfo(path) is { Exists: true } file
        && (file.LinkTarget is null ? file : file.ResolveLinkTarget(true)) is FileInfo { Exists: true, Length: > 0 };

    private static UnreadablePhotoException Gone(PhotoRow photo) =>
        new(
            UnreadableReason.NoAccess,
            $"The file of photo {photo.Id} is gone, or holds other bytes than were indexed; index its folder again."
        );
}
