using System.Numerics;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>
/// Detects again at three scales that suit the network best, with the face in the middle. A detection is kept only if it is confirmed at
/// each: folds of cloth, hands and halves of faces are not.
/// </summary>
internal sealed class Confirmation(BoxNetwork boxes, float minConfidence)
{
    private const byte Grey = 127;

    /// <summary>Least score that confirms a detection.</summary>
    private const float LeastConfidence = 0.9f;

    /// <summary>Least overlap of a box with the one that confirms it.</summary>
    private const float LeastOverlap = 0.35f;

    /// <returns>The confirmed box, which fits better; null when the detection is not confirmed.</returns>
    public SeenBox? Confirm(Photo photo, SeenBox face, CancellationToken cancellation)
    {
        SeenBox? better = null;
        foreach (var height in (ReadOnlySpan<float>)[50, 80, 120])
        {
            better = DetectAround(photo, face.Box, height, cancellation)
                .Where(again => again.Confidence >= LeastConfidence && again.Box.Overlap(face.Box) > LeastOverlap)
                .OrderByDescending(again => again.Box.Overlap(face.Box))
                .Cast<SeenBox?>()
                .FirstOrDefault();
            if (better is null)
                return null;
        }
        return better;
    }

    /// <summary>What is seen in a window of the trained size that shows the face in its middle, so many pixels high.</summary>
    private List<SeenBox> DetectAround(Photo photo, Box face, float height, CancellationToken cancellation)
    {
        var size = boxes.TrainedSize;
        var scale = face.Height / height;
        var corner = face.Centre - scale / 2 * new Vector2(size.Width, size.Height);
        var toPhoto = Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(corner);
        using var window = PixelBuffer.Rent(size);
        Resampler.Cut(photo, toPhoto, size, window.Pixels, Grey, cancellation);
        return
        [
            .. boxes
                .Detect(window.Pixels, size, minConfidence, cancellation)
                .Select(seen => seen with { Box = seen.Box.Scale(scale).Move(corner.X, corner.Y) }),
        ];
    }
}
