using System.Numerics;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>Turning photos by quarters, and what was found in them back again.</summary>
internal static class QuarterTurn
{
    /// <summary>The photo turned clockwise by some quarters; the same photo for none.</summary>
    public static Photo Turn(Photo photo, int quarters)
    {
        if (quarters == 0)
            return photo;
        var (width, height) = quarters % 2 == 0 ? (photo.Width, photo.Height) : (photo.Height, photo.Width);
        var turned = new byte[width * height * Photo.Channels];
        var source = photo.Pixels;
        for (var y = 0; y < photo.Height; y++)
        for (var x = 0; x < photo.Width; x++)
        {
            var (tx, ty) = quarters switch
            {
                1 => (photo.Height - 1 - y, x),
                2 => (photo.Width - 1 - x, photo.Height - 1 - y),
                _ => (y, photo.Width - 1 - x),
            };
            source.Slice((y * photo.Width + x) * Photo.Channels, Photo.Channels).CopyTo(turned.AsSpan((ty * width + tx) * Photo.Channels));
        }
        return quarters % 2 == 0
            ? new Photo(width, height, turned, photo.OriginalWidth, photo.OriginalHeight)
            : new Photo(width, height, turned, photo.OriginalHeight, photo.OriginalWidth);
    }

    /// <summary>A face found in the turned photo, where it lies in the photo as it was.</summary>
    public static DetectedFace Back(DetectedFace face, Photo photo, int quarters)
    {
        if (quarters == 0)
            return face;
        var back = quarters switch
        {
            1 => new Matrix3x2(0, -1, 1, 0, 0, photo.Height),
            2 => new Matrix3x2(-1, 0, 0, -1, photo.Width, photo.Height),
            _ => new Matrix3x2(0, 1, -1, 0, photo.Width, 0),
        };
        var (one, other) = (
            Vector2.Transform(new(face.Box.Left, face.Box.Top), back),
            Vector2.Transform(new(face.Box.Right, face.Box.Bottom), back)
        );
        var (low, high) = (Vector2.Min(one, other), Vector2.Max(one, other));
        return face with { Box = new Box(low.X, low.Y, high.X - low.X, high.Y - low.Y), Landmarks = face.Landmarks.Transform(back) };
    }
}
