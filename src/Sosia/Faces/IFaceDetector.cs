using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>Finds the faces of a photo.</summary>
internal interface IFaceDetector : IDisposable
{
    /// <summary>Names how the points of a face are made, whichever way it was found: <see cref="Faces.LandmarksKey"/>.</summary>
    string LandmarksKey { get; }

    /// <summary>How <see cref="Detect"/> finds faces.</summary>
    Provenance Provenance { get; }

    /// <summary>How large a photo must be decoded so that the smallest face looked for is seen.</summary>
    /// <param name="longestSide">The photo's longest side, in pixels of the file.</param>
    /// <returns>The longest side needed, in pixels.</returns>
    int SideFor(int longestSide);

    /// <summary>All faces, most confident first; empty when there is none.</summary>
    IReadOnlyList<DetectedFace> Detect(Photo photo, CancellationToken cancellation = default);

    /// <summary>The same face with its points as they are if it is turned clockwise by some quarters.</summary>
    DetectedFace Turned(Photo photo, DetectedFace face, int quarters, CancellationToken cancellation = default);

    /// <summary>A face in a box that the caller gives: only its points are located.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="box">In the photo's pixels; what lies beyond the photo's edge is cut off.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="ArgumentException">The box has no area in the photo, or is not finite.</exception>
    DetectedFace Locate(Photo photo, Box box, CancellationToken cancellation = default);
}
