using System.Numerics;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>Cuts a face out of its photo so that its five points meet the template that the embedding network was trained with.</summary>
internal sealed class FaceAligner
{
    /// <summary>Counts changes of code that alter an aligned face: a change makes a new space.</summary>
    public const int Version = 1;

    private readonly Vector2[] _template;

    /// <param name="size">Columns and rows of the aligned face.</param>
    /// <param name="template">Where the five points belong, in pixels of the aligned face (pixel centres at whole numbers).</param>
    public FaceAligner(int size, Landmarks template)
    {
        Size = size;
        _template = Points(template.Transform(Matrix3x2.CreateTranslation(0.5f, 0.5f))); // pixel centres to edges
    }

    /// <summary>Columns and rows of the aligned face.</summary>
    public int Size { get; }

    /// <summary>The face, upright and of the template's size.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public AlignedFace Align(Photo photo, Landmarks points, CancellationToken cancellation = default)
    {
        var pixels = new byte[Size * Size * Photo.Channels];
        Resampler.Cut(photo, ToPhoto(points), (Size, Size), pixels, cancellation: cancellation);
        return new AlignedFace(Size, pixels);
    }

    /// <summary>Takes positions in the aligned face to positions in the photo.</summary>
    public Matrix3x2 ToPhoto(Landmarks points) => SimilarityTransform.Between(_template, Points(points));

    /// <summary>Pixels of the aligned face for one of the photo, along each side; above 1 the face is enlarged.</summary>
    public float Enlargement(Landmarks points)
    {
        var toPhoto = ToPhoto(points);
        return 1 / new Vector2(toPhoto.M11, toPhoto.M12).Length();
    }

    private static Vector2[] Points(Landmarks of) => [of.LeftEye, of.RightEye, of.Nose, of.LeftMouth, of.RightMouth];
}
