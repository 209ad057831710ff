using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Evaluation.Datasets;

/// <summary>
/// Reads images as squares of bytes, red, green, blue, as arrays and the baseline network want them. One is shared by all threads.
/// </summary>
/// <param name="side">Columns and rows.</param>
public sealed class SquareReader(int side)
{
    private static readonly PhotoOptions Options = new();
    private readonly PhotoDecoder _decoder = new(Options);

    /// <summary>Bytes of one image: side × side × 3.</summary>
    public int Bytes => side * side * Photo.Channels;

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The image.</param>
    /// <param name="into"><see cref="Bytes"/>, written.</param>
    /// <returns>Whether it had another size, so that its largest square in the middle was scaled.</returns>
    /// <exception cref="UnreadablePhotoException">It can't be read; the message begins with its name.</exception>
    public bool Read(string file, Span<byte> into)
    {
        Photo photo;
        try
        {
            photo = _decoder.Decode(PhotoFile.Read(file, Options));
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UnreadablePhotoException(unreadable.Reason, $"{file}: {unreadable.Message}", unreadable);
        }
        if ((photo.Width, photo.Height) == (side, side))
        {
            photo.Pixels.CopyTo(into);
            return false;
        }
        Fit(photo, into);
        return true;
    }

    private void Fit(Photo photo, Span<byte> into)
    {
        var square = Math.Min(photo.Width, photo.Height);
        var (left, top) = ((photo.Width - square) / 2, (photo.Height - square) / 2);
        var middle = new byte[square * square * Photo.Channels];
        for (var y = 0; y < square; y++)
            photo
                .Pixels.Slice(((top + y) * photo.Width + left) * Photo.Channels, square * Photo.Channels)
                .CopyTo(middle.AsSpan(y * square * Photo.Channels));
        Resampler.Resize(middle, square, square, into, (side, side));
    }
}
