using System.Numerics;

namespace Sosia.Faces;

/// <summary>
/// Whether two detections in one photo are of the same face. Detectors draw boxes differently: one from forehead to chin, another around
/// eyes and mouth only. They agree on where the middle of the face is, by its box or by its landmarks, which lie to one side in a face that
/// is turned.
/// </summary>
internal static class SameFace
{
    /// <summary>Two boxes that share more than half are of the same face.</summary>
    public const float Overlap = 0.5f;

    /// <summary>
    /// What is nearer to a box's centre than this share of its sides is in its middle. Two people cheek to cheek are twice as far apart.
    /// </summary>
    private const float Middle = 0.3f;

    /// <summary>Boxes of one face differ in their sides by less than this factor.</summary>
    private const float MostTimesLarger = 3;

    /// <summary>Whether a detection is of the face that a box was drawn around.</summary>
    /// <param name="known">The box of the known face.</param>
    /// <param name="box">The box of the detection.</param>
    /// <param name="points">The landmarks of the detection, in the same pixels.</param>
    public static bool Is(Box known, Box box, Landmarks points)
    {
        if (known.Overlap(box) > Overlap)
            return true;
        var inMiddle = IsInMiddle(box.Centre, known) || IsInMiddle(points.Centre, known);
        return inMiddle && IsInside(known.Centre, box) && IsOfLikeSize(known, box);
    }

    private static bool IsOfLikeSize(Box one, Box other)
    {
        var times = MathF.Sqrt(one.Area / other.Area);
        return times is < MostTimesLarger and > 1 / MostTimesLarger;
    }

    private static bool IsInMiddle(Vector2 point, Box box)
    {
        var distance = point - box.Centre;
        return Math.Abs(distance.X) < Middle * box.Width && Math.Abs(distance.Y) < Middle * box.Height;
    }

    private static bool IsInside(Vector2 point, Box box) =>
        point.X >= box.Left && point.X < box.Right && point.Y >= box.Top && point.Y < box.Bottom;
}
