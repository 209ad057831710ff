using System.Numerics;

namespace Sosia.Faces.Points;

/// <summary>Boxes and points from the outputs of YuNet, as OpenCV's FaceDetectorYN decodes them.</summary>
internal static class YuNetOutputs
{
    /// <summary>Decodes one stride.</summary>
    /// <param name="grid">The places.</param>
    /// <param name="outputs">One for each of <see cref="Models.DetectorSession.PartsOf"/>: places × floats.</param>
    /// <param name="least">Lowest confidence that is kept, in [0, 1].</param>
    /// <param name="into">Faces are added here, in pixels of the network's input.</param>
    public static void Decode(StrideGrid grid, ReadOnlySpan<float[]> outputs, float least, List<DetectedFace> into)
    {
        var (faces, objects, boxes, points) = (outputs[0], outputs[1], outputs[2], outputs[3]);
        for (var place = 0; place < grid.Places; place++)
        {
            var score = MathF.Sqrt(Math.Clamp(faces[place], 0, 1) * Math.Clamp(objects[place], 0, 1));
            if (!(score >= least))
                continue;
            var at = new Vector2(place % grid.Columns, place / grid.Columns);
            var box = boxes.AsSpan(place * 4, 4);
            var centre = (at + new Vector2(box[0], box[1])) * grid.Stride;
            var size = new Vector2(MathF.Exp(box[2]), MathF.Exp(box[3])) * grid.Stride;
            var corner = centre - size / 2;
            var five = FivePoints.Read(points.AsSpan(place * FivePoints.Floats, FivePoints.Floats), at, grid.Stride);
            into.Add(new DetectedFace(new Box(corner.X, corner.Y, size.X, size.Y), score, five));
        }
    }
}
