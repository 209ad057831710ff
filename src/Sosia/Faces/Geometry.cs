using System.Numerics;

namespace Sosia.Faces;

/// <summary>An upright rectangle in the photo's pixels; it may reach over the edge of the photo.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct Box(float Left, float Top, float Width, float Height)
{
    /// <summary>First column after the box.</summary>
    public float Right => Left + Width;

    /// <summary>First row after the box.</summary>
    public float Bottom => Top + Height;

    /// <summary>Width × height, in square pixels.</summary>
    public float Area => Width * Height;

    /// <summary>The middle point.</summary>
    public Vector2 Centre => new(Left + Width / 2, Top + Height / 2);

    /// <summary>The same rectangle with every length multiplied.</summary>
    public Box Scale(float factor) => new(Left * factor, Top * factor, Width * factor, Height * factor);

    /// <summary>The same rectangle in a picture that is stretched.</summary>
    internal Box Scale(Vector2 factors) => new(Left * factors.X, Top * factors.Y, Width * factors.X, Height * factors.Y);

    /// <summary>The same rectangle elsewhere.</summary>
    internal Box Move(float right, float down) => this with { Left = Left + right, Top = Top + down };

    /// <summary>The part of the box that lies in a picture.</summary>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <returns>Null when no area of it does, or when a length is not a finite number.</returns>
    public Box? ClipTo(int width, int height)
    {
        var (left, top, right, bottom) = (Math.Max(Left, 0), Math.Max(Top, 0), Math.Min(Right, width), Math.Min(Bottom, height));
        return float.IsFinite(Width) && float.IsFinite(Height) && right > left && bottom > top
            ? new(left, top, right - left, bottom - top)
            : null;
    }

    /// <summary>The part of a box that lies in a photo.</summary>
    /// <exception cref="ArgumentException">No area of it does, or a length is not a finite number.</exception>
    internal static Box Inside(Photos.Photo photo, Box box) =>
        box.ClipTo(photo.Width, photo.Height)
        ?? throw new ArgumentException(
            $"The box must have an area and lie in the photo of {photo.Width} × {photo.Height} pixels.",
            nameof(box)
        );

    /// <summary>Intersection over union with another box, in [0, 1].</summary>
    public float Overlap(Box other)
    {
        var shared = Shared(other);
        return shared <= 0 ? 0 : shared / (Area + other.Area - shared);
    }

    /// <summary>Area in common with another box, in square pixels; 0 when apart.</summary>
    public float Shared(Box other)
    {
        var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        return width <= 0 || height <= 0 ? 0 : width * height;
    }
}

/// <summary>The five points that alignment uses, in the photo's pixels; left and right as the viewer sees them.</summary>
public readonly record struct Landmarks(Vector2 LeftEye, Vector2 RightEye, Vector2 Nose, Vector2 LeftMouth, Vector2 RightMouth)
{
    /// <summary>The middle of the five points, which is near the middle of the face.</summary>
    public Vector2 Centre => (LeftEye + RightEye + Nose + LeftMouth + RightMouth) / 5;

    /// <summary>The points after a transform.</summary>
    public Landmarks Transform(Matrix3x2 by) =>
        new(
            Vector2.Transform(LeftEye, by),
            Vector2.Transform(RightEye, by),
            Vector2.Transform(Nose, by),
            Vector2.Transform(LeftMouth, by),
            Vector2.Transform(RightMouth, by)
        );
}

/// <summary>How good a face is for recognition.</summary>
/// <param name="Size">Distance between the eyes times two, about the face's width, in pixels of the original file.</param>
/// <param name="Sharpness">Variance of the Laplacian of the aligned face's grey values, over the variance of the grey values; near 0 is
/// blurred.</param>
/// <param name="Yaw">Turn to the side, estimated from the five points: 0 frontal, ±1 profile.</param>
/// <param name="Score">One figure in [0, 1] made of these; higher is better.</param>
public readonly record struct FaceQuality(float Size, float Sharpness, float Yaw, float Score);

/// <summary>A face found in a photo.</summary>
/// <param name="Box">Where, in the photo's pixels.</param>
/// <param name="Confidence">The detector's score in [0, 1].</param>
/// <param name="Landmarks">The five points, in the photo's pixels.</param>
public sealed record DetectedFace(Box Box, float Confidence, Landmarks Landmarks);
