namespace Sosia.Photos;

/// <summary>Turns a file into an upright sRGB photo.</summary>
internal interface IPhotoDecoder
{
    /// <param name="file">The whole file.</param>
    /// <param name="cancellation">Cancels decoding.</param>
    /// <returns>The photo, no side longer than the options allow.</returns>
    /// <exception cref="UnreadablePhotoException">Not an image, damaged, over a limit, or of a format that this machine can't
    /// decode.</exception>
    Photo Decode(PhotoFile file, CancellationToken cancellation = default);
}
