using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>Finds the faces of a photo.</summary>
public interface IFaceDetector
{
    /// <summary>All faces, most confident first; empty when there is none.</summary>
    IReadOnlyList<DetectedFace> Detect(Photo photo, CancellationToken cancellation = default);

    /// <summary>A face where somebody says that one is: only its points are looked for.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="box">In the photo's pixels.</param>
    DetectedFace Locate(Photo photo, Box box);
}
