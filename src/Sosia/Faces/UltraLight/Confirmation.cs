using System.Numerics;
using Sosia.Photos;

namespace Sosia.Faces.UltraLight;

/// <summary>
/// Detects again at three scales that suit the network best, with the face in the middle of a window of the trained size. A detection is
/// kept only if it is confirmed at each: folds of cloth, hands and halves of faces are not.
/// </summary>
internal sealed class Confirmation(BoxNetwork boxes, float minConfidence)
{
    private const byte Grey = 127;

    /// <summary>Least score that confirms a detection.</summary>
    private const float LeastConfidence = 0.9f;

    /// <summary>Least overlap of a box with the one that confirms it.</summary>
    private const float LeastOverlap = 0.35f;

    /// <summary>Heights of the face in the window, in pixels.</summary>
    private static readonly float[] Scales = [50, 80, 120];

    /// <returns>The confirmed box, which fits better; null when the detection is not confirmed.</returns>
    public SeenBox? Confirm(Photo photo, SeenBox face, CancellationToken cancellation)
    {
        SeenBox? better = null;
        foreach (var height in Scales)
        {
            better = DetectAgain(photo, face.Box, height, cancellation);
            if (better is null)
                return null;
        }
        return better;
    }

    /// <summary>A box that fits better, for a detection that needs no confirmation: what the landmark network sees depends on it.</summary>
    public SeenBox Refine(Photo photo, SeenBox face, CancellationToken cancellation) =>
        DetectAgain(photo, face.Box, Scales[^1], cancellation) ?? face;

    /// <summary>What is seen of the face in a window that shows it in its middle, so many pixels high.</summary>
    private SeenBox? DetectAgain(Photo photo, Box face, float height, CancellationToken cancellation)
    {
        var size = boxes.TrainedSize;
        var scale = face.Height / height;
        var corner = face.Centre - scale / 2 * new Vector2(size.Width, size.Height);
        var toPhoto = Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(corner);
        using var window = PixelBuffer.Rent(size);
        Resampler.Cut(photo, toPhoto, size, window.Pixels, Grey, cancellation);
        return boxes
            .Detect(window.Pixels, size, minConfidence, cancellation)
            .Select(seen => seen with { Box = seen.Box.Scale(scale).Move(corner.X, corner.Y) })
            .Where(seen => seen.Confidence >= LeastConfidence && seen.Box.Overlap(face) > LeastOverlap)
            .OrderByDescending(seen => seen.Box.Overlap(face))
            .Cast<SeenBox?>()
            .FirstOrDefault();
    }
}
