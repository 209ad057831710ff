using Sosia.Faces;

namespace Sosia.Photos.Regions;

/// <summary>A face as other programs note it in XMP.</summary>
/// <param name="Name">Whose it is; null where nobody is named.</param>
/// <param name="Box">In parts of the picture's sides; what it reaches over the edge is not cut off.</param>
internal sealed record FaceRegion(string? Name, Box Box)
{
    /// <summary>Whether it is around the face of another box.</summary>
    public bool IsAt(Box other) => Box.Overlap(other) > SameFace.Overlap;
}

/// <summary>A face to note.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Box">In pixels of the upright photo.</param>
/// <param name="IsSame">Whether another program's box, in the same pixels, is around this face.</param>
internal sealed record NamedFace(string Name, Box Box, Func<Box, bool> IsSame);

/// <summary>The faces that one XMP document notes.</summary>
/// <param name="Width">Columns of the picture that they were noted for; 0 where that is not said.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Faces">The faces.</param>
/// <param name="Unreadable">Faces whose box is none.</param>
internal sealed record NotedFaces(double Width, double Height, IReadOnlyList<FaceRegion> Faces, int Unreadable);
