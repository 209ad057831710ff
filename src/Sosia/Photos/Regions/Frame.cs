using System.Numerics;
using Sosia.Faces;

namespace Sosia.Photos.Regions;

/// <summary>
/// How the sides that other programs measure a photo by become ours. They take the photo as it is stored, before it is turned as its EXIF
/// says; ours are those of the upright photo.
/// </summary>
/// <param name="Orientation">As EXIF counts it, 1 to 8.</param>
/// <param name="Width">Columns of the upright photo.</param>
/// <param name="Height">Its rows.</param>
internal readonly record struct Frame(int Orientation, int Width, int Height)
{
    private const int Upright = 1;

    /// <summary>Sides of one picture that was made smaller differ by rounding only.</summary>
    private const double Rounding = 0.02;

    /// <summary>Columns of the photo as it is stored.</summary>
    public int StoredWidth => IsOnItsSide ? Height : Width;

    /// <summary>Its rows.</summary>
    public int StoredHeight => IsOnItsSide ? Width : Height;

    private bool IsOnItsSide => Orientation >= 5;

    /// <summary>The frame that a document measures by, as its sides tell: mostly the stored photo, sometimes the upright one.</summary>
    /// <returns>Null where they are those of another picture.</returns>
    public Frame? Of(NotedFaces noted)
    {
        if (noted.Width == 0 || HasSides(noted, StoredWidth, StoredHeight))
            return this;
        return HasSides(noted, Width, Height) ? this with { Orientation = Upright } : null;
    }

    /// <summary>A box in pixels of the upright photo.</summary>
    /// <param name="box">In parts of the frame's sides.</param>
    /// <returns>Null where no area of it lies in the photo.</returns>
    public Box? ToPhoto(Box box) => Turned(box, Orientation).Scale(new Vector2(Width, Height)).ClipTo(Width, Height);

    /// <summary>A box in parts of the frame's sides.</summary>
    /// <param name="box">In pixels of the upright photo.</param>
    public Box FromPhoto(Box box) => Turned(box.Scale(new Vector2(1f / Width, 1f / Height)), Inverse);

    /// <summary>What turns an upright picture to how it is stored.</summary>
    private int Inverse =>
        Orientation switch
        {
            6 => 8,
            8 => 6,
            _ => Orientation,
        };

    private static bool HasSides(NotedFaces noted, int width, int height) =>
        Math.Abs(noted.Width * height - noted.Height * width) <= Rounding * Math.Max(noted.Width * height, noted.Height * width);

    /// <summary>A box of a picture after the picture is turned or mirrored, in parts of its sides.</summary>
    private static Box Turned(Box box, int orientation)
    {
        var (left, top, width, height) = box;
        var (right, bottom) = (1 - box.Right, 1 - box.Bottom); // as far from the other edges
        return orientation switch
        {
            2 => new(right, top, width, height),
            3 => new(right, bottom, width, height),
            4 => new(left, bottom, width, height),
            5 => new(top, left, height, width),
            6 => new(bottom, left, height, width),
            7 => new(bottom, right, height, width),
            8 => new(top, right, height, width),
            _ => box,
        };
    }
}
