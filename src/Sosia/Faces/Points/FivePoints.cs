using System.Numerics;

namespace Sosia.Faces.Points;

/// <summary>Five points as detectors give them: offsets from a place, in strides.</summary>
internal static class FivePoints
{
    /// <summary>Floats of five points.</summary>
    public const int Floats = 10;

    /// <param name="offsets">x and y of left eye, right eye, nose, left and right mouth corner, as the viewer sees them.</param>
    /// <param name="place">Column and row of the place.</param>
    /// <param name="stride">Pixels between two places.</param>
    public static Landmarks Read(ReadOnlySpan<float> offsets, Vector2 place, int stride) =>
        new(
            Point(offsets, 0, place) * stride,
            Point(offsets, 1, place) * stride,
            Point(offsets, 2, place) * stride,
            Point(offsets, 3, place) * stride,
            Point(offsets, 4, place) * stride
        );

    private static Vector2 Point(ReadOnlySpan<float> offsets, int number, Vector2 place) =>
        place + new Vector2(offsets[number * 2], offsets[number * 2 + 1]);
}
