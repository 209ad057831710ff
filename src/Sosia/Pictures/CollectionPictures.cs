using System.Numerics;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Pictures;

/// <summary>Pictures of what a collection holds: originals, small ones of photos, and faces. Safe for many callers.</summary>
public sealed class CollectionPictures
{
    private readonly CatalogueReaders _readers;
    private readonly PictureCache _cache;
    private readonly Originals _originals;
    private readonly IPhotoDecoder _decoder;
    private readonly Func<FaceAligner> _aligner;

    internal CollectionPictures(
        CatalogueReaders readers,
        PictureCache cache,
        Originals originals,
        IPhotoDecoder decoder,
        Func<FaceAligner> aligner
    )
    {
        (_readers, _cache, _originals, _decoder, _aligner) = (readers, cache, originals, decoder, aligner);
    }

    /// <summary>A small WebP of a stored photo, from the disk if it was made before.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="side">Longest side, in pixels.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed.</exception>
    public byte[] Thumbnail(PhotoRow photo, int side, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return PictureCache.Get(
            _cache.OfPhoto(photo.Sha256, side),
            () => OfFile(_originals.Read(photo, cancellation), side, cancellation),
            () => _readers.Ask(reader => reader.FindPhoto(photo.Id))?.Sha256 == photo.Sha256
        );
    }

    /// <summary>A small WebP of any file; kept nowhere.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">SHA-256 of the bytes that it should hold.</param>
    /// <param name="side">Longest side, in pixels.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <returns>Null when it holds other bytes.</returns>
    /// <exception cref="UnreadablePhotoException">The file is gone, or gives no photo.</exception>
    public byte[]? OfFile(string path, string sha256, int side, CancellationToken cancellation = default)
    {
        var file = PhotoFile.Read(path, _originals.Limits, cancellation);
        return file.Sha256 == sha256 ? OfFile(file, side, cancellation) : null;
    }

    /// <summary>A small WebP of a photo that lies in no file; kept nowhere.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What it was called: it tells camera RAW from TIFF.</param>
    /// <param name="side">Longest side, in pixels.</param>
    /// <param name="cancellation">Cancels decoding.</param>
    /// <exception cref="UnreadablePhotoException">The bytes give no photo.</exception>
    internal byte[] OfBytes(byte[] bytes, string name, int side, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return OfFile(new PhotoFile(new FileStamp(name, bytes.Length, default), bytes, ""), side, cancellation);
    }

    private byte[] OfFile(PhotoFile file, int side, CancellationToken cancellation) =>
        Thumbnailer.OfPhoto(_decoder.Decode(file, _ => side, cancellation), side);

    /// <summary>A square WebP around a stored face, from the disk if it was made before.</summary>
    /// <inheritdoc cref="Thumbnail" path="/exception"/>
    public byte[] Crop(PhotoRow photo, FaceRow face, int side, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(face);
        return PictureCache.Get(
            _cache.OfFace(photo.Sha256, face.Box, side),
            () => Thumbnailer.OfFace(_decoder.Decode(_originals.Read(photo, cancellation), cancellation), face.Box, side),
            () => _readers.Ask(reader => reader.FindFace(face.Id)) == face
        );
    }

    /// <summary>What the embedding network saw of a stored face.</summary>
    /// <inheritdoc cref="Thumbnail" path="/exception"/>
    public AlignedFace Align(PhotoRow photo, FaceRow face, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(face);
        var decoded = _decoder.Decode(_originals.Read(photo, cancellation), cancellation);
        return _aligner().Align(decoded, face.Landmarks.Transform(Matrix3x2.CreateScale(1 / decoded.ToOriginal)), cancellation);
    }

    /// <summary>
    /// Opens the file of a stored photo, at the first of its paths where its bytes still lie. Every block is checked as it is read: reading
    /// on in a file that was changed meanwhile throws an <see cref="IOException"/>.
    /// </summary>
    /// <param name="photo">The photo.</param>
    /// <param name="cancellation">Cancels reading the file whole, as it is the first time.</param>
    /// <returns>Can be read from any place.</returns>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed: nothing else is ever handed
    /// out.</exception>
    public Stream OpenOriginal(PhotoRow photo, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return _originals.Open(photo, cancellation);
    }

    /// <summary>The media type of an original, by its first bytes.</summary>
    internal static string TypeOf(Stream original) => MediaTypes.Of(original, ((VerifiedFile)original).Name);
}
