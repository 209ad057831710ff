using NetVips;
using Sosia.Photos;
using Sosia.Photos.Vips;

namespace Sosia.Pictures;

/// <summary>Makes small pictures for people to look at: upright, sRGB, without the file's metadata.</summary>
internal static class Thumbnailer
{
    private const int Quality = 80;
    private const int JpegQuality = 82;
    private const double Margin = 0.35;

    static Thumbnailer() => LibVips.Harden();

    /// <summary>A small WebP of a whole photo.</summary>
    /// <param name="photo">The photo, decoded to that size or larger.</param>
    /// <param name="side">Longest side, in pixels; smaller photos are not enlarged.</param>
    public static byte[] OfPhoto(Photo photo, int side) => ToWebp(() => Small(photo, side));

    /// <summary>A square WebP around a face, with a margin; what lies beyond the photo's edge is left out.</summary>
    /// <param name="photo">The decoded photo.</param>
    /// <param name="box">The face, in pixels of the upright original.</param>
    /// <param name="side">Columns and rows, in pixels.</param>
    public static byte[] OfFace(Photo photo, Faces.Box box, int side)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return ToWebp(() =>
        {
            var face = box.Scale(1 / photo.ToOriginal);
            var square = Math.Min(Math.Max(face.Width, face.Height) * (1 + 2 * Margin), Math.Min(photo.Width, photo.Height));
            var length = Math.Max(1, (int)square);
            var left = (int)Math.Clamp(face.Centre.X - square / 2, 0, photo.Width - length);
            var top = (int)Math.Clamp(face.Centre.Y - square / 2, 0, photo.Height - length);
            using var whole = ToImage(photo.Pixels, photo.Width, photo.Height);
            using var cut = whole.Crop(left, top, length, length);
            return cut.ThumbnailImage(side, height: side);
        });
    }

    /// <summary>A small JPEG of a whole photo.</summary>
    /// <inheritdoc cref="OfPhoto"/>
    public static byte[] JpegOfPhoto(Photo photo, int side)
    {
        using var small = Small(photo, side);
        return small.JpegsaveBuffer(q: JpegQuality, keep: Enums.ForeignKeep.None);
    }

    /// <summary>Part of a photo, shrunk or enlarged.</summary>
    /// <param name="photo">The decoded photo.</param>
    /// <param name="box">The part, in pixels of the upright original; what lies beyond the photo's edge is left out.</param>
    /// <param name="columns">Columns of the result, at most.</param>
    /// <param name="rows">Rows of the result, at most.</param>
    /// <param name="stretch">Whether the result has exactly so many, whatever the shape of the part.</param>
    public static Photo OfPart(Photo photo, Faces.Box box, int columns, int rows, bool stretch = false)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var part = box.Scale(1 / photo.ToOriginal);
        var left = Math.Clamp((int)part.Left, 0, photo.Width - 1);
        var top = Math.Clamp((int)part.Top, 0, photo.Height - 1);
        var width = Math.Clamp((int)Math.Ceiling(part.Left + part.Width) - left, 1, photo.Width - left);
        var height = Math.Clamp((int)Math.Ceiling(part.Top + part.Height) - top, 1, photo.Height - top);
        using var whole = ToImage(photo.Pixels, photo.Width, photo.Height);
        using var cut = whole.Crop(left, top, width, height);
        using var small = cut.ThumbnailImage(columns, height: rows, size: stretch ? Enums.Size.Force : Enums.Size.Both);
        return new Photo(small.Width, small.Height, small.WriteToMemory<byte>(), small.Width, small.Height);
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

    private static Image Small(Photo photo, int side)
    {
        ArgumentNullException.ThrowIfNull(photo);
        using var whole = ToImage(photo.Pixels, photo.Width, photo.Height);
        return whole.ThumbnailImage(side, height: side, size: Enums.Size.Down);
    }

    private static byte[] ToWebp(Func<Image> shrink)
    {
        using var small = shrink();
        return small.WebpsaveBuffer(q: Quality, effort: 1, keep: Enums.ForeignKeep.None);
    }
}
