namespace Sosia.Photos;

/// <summary>A photo decoded to the size that finding faces needs, and with more pixels where a small face needs them.</summary>
internal sealed class PhotoSource
{
    private readonly IPhotoDecoder? _decoder;
    private readonly PhotoFile? _file;
    private Photo? _larger;
    private int _asked;

    private PhotoSource(Photo photo, PhotoFile? file, IPhotoDecoder? decoder) => (Photo, _file, _decoder) = (photo, file, decoder);

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="decoder">Decodes it, now and where more pixels are asked for.</param>
    /// <param name="sideFor">The longest side needed first, given the longest side of the file, in pixels.</param>
    /// <param name="cancellation">Cancels decoding.</param>
    /// <exception cref="UnreadablePhotoException">As for <see cref="IPhotoDecoder.Decode"/>.</exception>
    public static PhotoSource Open(PhotoFile file, IPhotoDecoder decoder, Func<int, int> sideFor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        return new(decoder.Decode(file, sideFor, cancellation), file, decoder);
    }

    /// <summary>A photo of which there are no more pixels.</summary>
    public static PhotoSource Of(Photo photo) => new(photo, null, null);

    /// <summary>The photo in which faces are found.</summary>
    public Photo Photo { get; }

    /// <summary>The photo with more pixels: so many times more along each side, or all that there are.</summary>
    /// <returns><see cref="Photo"/> itself where there are no more.</returns>
    /// <exception cref="UnreadablePhotoException">As for <see cref="IPhotoDecoder.Decode"/>.</exception>
    public Photo Enlarged(float times, CancellationToken cancellation)
    {
        if (!(times > 1) || Photo.ToOriginal <= 1 || _decoder is null)
            return Photo;
        var wanted = (int)Math.Min(int.MaxValue, Math.Ceiling((double)times * Math.Max(Photo.Width, Photo.Height)));
        if (_larger is null || wanted > _asked)
        {
            _asked = wanted; // there may be fewer pixels than that
            _larger = _decoder.Decode(_file!, longest => Math.Min(longest, wanted), cancellation);
        }
        return _larger.Width > Photo.Width ? _larger : Photo;
    }
}
