using System.Numerics;

namespace Sosia.Faces.Points;

/// <summary>Boxes and points from the outputs of SCRFD: distances and offsets in strides, from two anchors at each place.</summary>
internal static class ScrfdOutputs
{
    private const int Anchors = 2;

    /// <summary>Rows of each output of a stride.</summary>
    public static int Rows(StrideGrid grid) => grid.Places * Anchors;

    /// <summary>Decodes one stride.</summary>
    /// <param name="grid">The places.</param>
    /// <param name="outputs">One for each of <see cref="Models.DetectorSession.PartsOf"/>: places × 2 anchors × floats.</param>
    /// <param name="least">Lowest confidence that is kept, in [0, 1].</param>
    /// <param name="into">Faces are added here, in pixels of the network's input.</param>
    public static void Decode(StrideGrid grid, ReadOnlySpan<float[]> outputs, float least, List<DetectedFace> into)
    {
        var (scores, boxes, points) = (outputs[0], outputs[1], outputs[2]);
        for (var row = 0; row < Rows(grid); row++)
        {
            if (!(scores[row] >= least))
                continue;
            var place = row / Anchors;
            var at = new Vector2(place % grid.Columns, place / grid.Columns);
            var sides = boxes.AsSpan(row * 4, 4); // to the left, the top, the right and the bottom
            var corner = (at - new Vector2(sides[0], sides[1])) * grid.Stride;
            var size = new Vector2(sides[0] + sides[2], sides[1] + sides[3]) * grid.Stride;
            var five = FivePoints.Read(points.AsSpan(row * FivePoints.Floats, FivePoints.Floats), at, grid.Stride);
            into.Add(new DetectedFace(new Box(corner.X, corner.Y, size.X, size.Y), scores[row], five));
        }
    }
}
