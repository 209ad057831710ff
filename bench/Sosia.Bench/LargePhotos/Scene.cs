using Sosia.Faces;

namespace Sosia.Bench.LargePhotos;

/// <summary>How a face stands in a made scene.</summary>
internal enum Pose
{
    /// <summary>Whole, upright, not enlarged.</summary>
    Upright,

    /// <summary>Whole and upright, made of a smaller picture.</summary>
    Enlarged,

    /// <summary>Turned by up to 30 degrees to either side.</summary>
    Turned,

    /// <summary>A quarter to two fifths of its width lies beyond the scene's edge.</summary>
    Cut,
}

/// <summary>A face that was put into a scene.</summary>
/// <param name="Box">Where, in the scene's pixels: as wide as the face, and square.</param>
/// <param name="Visible">The part of the box that lies in the scene.</param>
/// <param name="Pose">How.</param>
internal readonly record struct PlacedFace(Box Box, Box Visible, Pose Pose)
{
    /// <summary>Whether a detection is of this face: the middle of one is near that of the other, and their sides are alike.</summary>
    public bool IsFoundBy(Box found)
    {
        var apart = found.Centre - Visible.Centre;
        var (wide, high) = (found.Width / Visible.Width, found.Height / Visible.Height);
        return apart.Length() < 0.4f * Box.Width && wide is > 0.5f and < 2 && high is > 0.5f and < 2.2f;
    }
}

/// <summary>A made photo with faces at known places.</summary>
/// <param name="Jpeg">The whole file.</param>
/// <param name="LongestSide">In pixels.</param>
/// <param name="Faces">All that were put into it.</param>
internal sealed record Scene(byte[] Jpeg, int LongestSide, IReadOnlyList<PlacedFace> Faces);
