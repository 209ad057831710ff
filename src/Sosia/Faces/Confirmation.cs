using System.Numerics;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>
/// Detects again at three scales that suit the network best, with the face in the middle of a small window. A detection is kept only if it
/// is confirmed at each: folds of cloth, hands and halves of faces are not.
/// </summary>
internal sealed class Confirmation(BoxNetwork boxes, float minConfidence)
{
    private const byte Grey = 127;

    /// <summary>Least score that confirms a detection.</summary>
    private const float LeastConfidence = 0.9f;

    /// <summary>Least overlap of a box with the one that confirms it.</summary>
    private const float LeastOverlap = 0.35f;

    /// <summary>Height of the face, and side of the square window around it, in the network's pixels.</summary>
    private static readonly (float Face, int Window)[] Scales = [(50, 128), (80, 192), (120, 192)];

    /// <returns>The confirmed box, which fits better; null when the detection is not confirmed.</returns>
    public SeenBox? Confirm(Photo photo, SeenBox face, CancellationToken cancellation)
    {
        SeenBox? better = null;
        foreach (var (height, window) in Scales)
        {
            better = DetectAround(photo, face.Box, face.Box.Height / height, window, cancellation)
                .Where(again => again.Confidence >= LeastConfidence && again.Box.Overlap(face.Box) > LeastOverlap)
                .OrderByDescending(again => again.Box.Overlap(face.Box))
                .Cast<SeenBox?>()
                .FirstOrDefault();
            if (better is null)
                return null;
        }
        return better;
    }

    /// <summary>What is seen in a window that shows the face in its middle.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="face">In its pixels.</param>
    /// <param name="scale">Pixels of the photo for one of the window.</param>
    /// <param name="side">Of the window.</param>
    /// <param name="cancellation">Cancels the pass.</param>
    /// <returns>Boxes in the photo's pixels.</returns>
    private List<SeenBox> DetectAround(Photo photo, Box face, float scale, int side, CancellationToken cancellation)
    {
        var corner = face.Centre - new Vector2(scale * side / 2);
        var toPhoto = Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(corner);
        using var window = PixelBuffer.Rent((side, side));
        Resampler.Cut(photo, toPhoto, window.Size, window.Pixels, Grey, cancellation);
        return
        [
            .. boxes
                .Detect(window.Pixels, window.Size, minConfidence, cancellation)
                .Select(seen => seen with { Box = seen.Box.Scale(scale).Move(corner.X, corner.Y) }),
        ];
    }
}
