using NetVips;

namespace Sosia.Photos;

/// <summary>Makes small pictures for people to look at: upright, sRGB, without the file's metadata.</summary>
public static class Thumbnailer
{
    private const int Quality = 80;
    private const double Margin = 0.35;

    /// <summary>A small WebP of a whole photo.</summary>
    /// <param name="file">The photo; it was decoded before, so it is within the limits.</param>
    /// <param name="side">Longest side, in pixels; smaller photos are not enlarged.</param>
    /// <param name="cancellation">Ends the decoding.</param>
    /// <exception cref="UnreadablePhotoException">The file can't be decoded.</exception>
    public static byte[] OfPhoto(byte[] file, int side, CancellationToken cancellation = default) =>
        Make(() => Image.ThumbnailBuffer(file, side, height: side, size: Enums.Size.Down, outputProfile: "srgb"), cancellation);

    /// <summary>A square WebP around a face, with a margin; what lies beyond the photo's edge is left out.</summary>
    /// <param name="photo">The decoded photo.</param>
    /// <param name="box">The face, in pixels of the upright original.</param>
    /// <param name="side">Columns and rows, in pixels.</param>
    public static byte[] OfFace(Photo photo, Faces.Box box, int side)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return Make(() =>
        {
            var face = box.Scale(1 / photo.ToOriginal);
            var square = Math.Min(Math.Max(face.Width, face.Height) * (1 + 2 * Margin), Math.Min(photo.Width, photo.Height));
            var length = Math.Max(1, (int)square);
            var left = (int)Math.Clamp(face.Centre.X - square / 2, 0, photo.Width - length);
            var top = (int)Math.Clamp(face.Centre.Y - square / 2, 0, photo.Height - length);
            using var whole = ToImage(photo.Pixels, photo.Width, photo.Height);
            using var cut = whole.Crop(left, top, length, length);
            return cut.ThumbnailImage(side, height: side);
        }, CancellationToken.None);
    }

    /// <summary>A PNG of RGB pixels, as they are.</summary>
    /// <param name="pixels">Height × width × 3 bytes.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] Png(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using var image = ToImage(pixels, width, height);
        return image.PngsaveBuffer(compression: 6);
    }

    private static Image ToImage(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using var plain = Image.NewFromMemory(pixels.ToArray(), width, height, Photo.Channels, Enums.BandFormat.Uchar);
        return plain.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static byte[] Make(Func<Image> shrink, CancellationToken cancellation)
    {
        try
        {
            using var small = shrink();
            using var ends = cancellation.Register(() => small.SetKill(true));
            using var opaque = small.HasAlpha() ? small.Flatten(background: [255, 255, 255]) : small.Copy();
            return opaque.WebpsaveBuffer(q: Quality, effort: 1, keep: Enums.ForeignKeep.None);
        }
        catch (VipsException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (VipsException failed)
        {
            throw new UnreadablePhotoException(UnreadableReason.Damaged, "The image can't be decoded any more; copy it again from where it came.", failed);
        }
    }
}
