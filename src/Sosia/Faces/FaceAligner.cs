using System.Numerics;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>Cuts a face out of its photo so that its five points meet the template that the embedding network was trained with.</summary>
public sealed class FaceAligner
{
    private readonly Vector2[] _template;

    /// <param name="size">Columns and rows of the aligned face.</param>
    /// <param name="template">Left eye, right eye, nose, left and right mouth corner, in pixels of the aligned face (pixel centres at whole numbers).</param>
    public FaceAligner(int size, IReadOnlyList<Vector2> template)
    {
        if (template.Count != 5) throw new ArgumentException($"Expected 5 points in the template, got {template.Count}.", nameof(template));
        Size = size;
        _template = [.. template.Select(point => point + new Vector2(0.5f))]; // pixel centres to edges
    }

    /// <summary>Columns and rows of the aligned face.</summary>
    public int Size { get; }

    /// <summary>The face, upright and of the template's size.</summary>
    public AlignedFace Align(Photo photo, Landmarks points)
    {
        var pixels = new byte[Size * Size * Photo.Channels];
        Resampler.Cut(photo, ToPhoto(points), (Size, Size), pixels);
        return new AlignedFace(Size, pixels);
    }

    /// <summary>Takes positions in the aligned face to positions in the photo.</summary>
    public Matrix3x2 ToPhoto(Landmarks points)
    {
        ReadOnlySpan<Vector2> found = [points.LeftEye, points.RightEye, points.Nose, points.LeftMouth, points.RightMouth];
        return SimilarityTransform.Between(_template, found);
    }
}
