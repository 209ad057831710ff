using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>A part of a picture, as the face in it tells.</summary>
public enum Region
{
    /// <summary>The face's box.</summary>
    Face,

    /// <summary>The band above the box, half as high as it and a little wider.</summary>
    Hair,

    /// <summary>All below the box, two and a half times as wide.</summary>
    Torso,

    /// <summary>What is none of these.</summary>
    Background,

    /// <summary>All but the face's box.</summary>
    AllButFace,
}

/// <summary>Which pixels belong to which part.</summary>
internal static class Regions
{
    /// <summary>What is greyed out becomes middle grey.</summary>
    public const byte Grey = 127;

    private const float HairHeight = 0.5f;
    private const float HairReach = 0.15f;
    private const float TorsoReach = 0.75f;

    /// <summary>The part a pixel is in: face, hair, torso or background.</summary>
    public static Region Of(Box face, float x, float y)
    {
        bool Beside(float reach) => x >= face.Left - reach * face.Width && x < face.Right + reach * face.Width;
        if (Beside(0) && y >= face.Top && y < face.Bottom)
            return Region.Face;
        if (Beside(HairReach) && y >= face.Top - HairHeight * face.Height && y < face.Top)
            return Region.Hair;
        return Beside(TorsoReach) && y >= face.Bottom ? Region.Torso : Region.Background;
    }

    /// <summary>A copy of the photo with one part greyed out, and the share of its pixels that this is.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="face">In its pixels.</param>
    /// <param name="grey">The part.</param>
    public static (Photo Photo, double Share) GreyOut(Photo photo, Box face, Region grey)
    {
        var pixels = photo.Pixels.ToArray();
        var greyed = 0;
        for (var y = 0; y < photo.Height; y++)
        for (var x = 0; x < photo.Width; x++)
        {
            var here = Of(face, x + 0.5f, y + 0.5f);
            if (grey == Region.AllButFace ? here == Region.Face : here != grey)
                continue;
            pixels.AsSpan((y * photo.Width + x) * Photo.Channels, Photo.Channels).Fill(Grey);
            greyed++;
        }
        return (
            new Photo(photo.Width, photo.Height, pixels, photo.OriginalWidth, photo.OriginalHeight),
            greyed / (double)(photo.Width * photo.Height)
        );
    }
}
