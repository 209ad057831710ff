namespace Sosia.Photos;

/// <summary>Turns a file into an upright sRGB photo.</summary>
internal interface IPhotoDecoder
{
    /// <summary>Decodes no more pixels than are needed, where the format allows that.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="sideFor">The longest side needed, given the longest side of the file, in pixels.</param>
    /// <param name="cancellation">Cancels decoding.</param>
    /// <returns>The photo: its longest side is as long as is needed or longer, and no longer than the options allow.</returns>
    /// <exception cref="UnreadablePhotoException">Not an image, damaged, over a limit, or of a format that this machine can't
    /// decode.</exception>
    Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation = default);
}

/// <summary>Decoding to the size that the options allow.</summary>
internal static class WholePhotos
{
    /// <inheritdoc cref="IPhotoDecoder.Decode"/>
    public static Photo Decode(this IPhotoDecoder decoder, PhotoFile file, CancellationToken cancellation = default) =>
        decoder.Decode(file, static longest => longest, cancellation);
}
