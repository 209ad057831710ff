using System.Numerics;
using System.Numerics.Tensors;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>Measures how good a face is for recognition: its size, how sharp it is, how far it is turned away.</summary>
internal static class QualityMeter
{
    /// <summary>A face of this size or larger loses nothing: the embedding network sees no more pixels.</summary>
    private const float FullSize = 100;

    /// <summary>Sharpness of an ordinary photo of a face; more counts no further.</summary>
    private const float FullSharpness = 0.05f;

    /// <param name="points">In the photo's pixels.</param>
    /// <param name="aligned">The aligned face.</param>
    /// <param name="toOriginal">The original file's pixels in one pixel of the photo.</param>
    public static FaceQuality Measure(Landmarks points, AlignedFace aligned, float toOriginal)
    {
        var size = 2 * Vector2.Distance(points.LeftEye, points.RightEye) * toOriginal;
        var sharpness = Sharpness(aligned);
        var yaw = Yaw(points);
        var score = Math.Min(1, size / FullSize) * Math.Min(1, MathF.Sqrt(sharpness / FullSharpness)) * (1 - 0.7f * Math.Abs(yaw));
        return new FaceQuality(size, sharpness, yaw, Math.Clamp(score, 0, 1));
    }

    /// <summary>Where the nose stands between the eyes: 0 in the middle, ±1 above an eye or beyond.</summary>
    private static float Yaw(Landmarks points)
    {
        var eyes = points.RightEye - points.LeftEye;
        if (eyes.LengthSquared() == 0)
            return 1;
        var share = Vector2.Dot(points.Nose - points.LeftEye, eyes) / eyes.LengthSquared();
        return Math.Clamp(2 * share - 1, -1, 1);
    }

    /// <summary>Variance of the Laplacian over the variance of the grey values, so that contrast and brightness do not count.</summary>
    private static float Sharpness(AlignedFace face)
    {
        var grey = new float[face.Size * face.Size];
        for (var i = 0; i < grey.Length; i++)
        {
            var at = i * Photo.Channels;
            grey[i] = 0.299f * face.Pixels[at] + 0.587f * face.Pixels[at + 1] + 0.114f * face.Pixels[at + 2];
        }
        double sum = 0,
            squares = 0,
            edge = 0,
            edgeSquares = 0;
        var inner = face.Size - 2;
        Span<float> laplacian = stackalloc float[inner];
        for (var y = 1; y <= inner; y++)
        {
            var row = grey.AsSpan(y * face.Size, face.Size);
            var middle = row.Slice(1, inner);
            TensorPrimitives.Add(row[..inner], row[2..], laplacian);
            TensorPrimitives.Add(laplacian, grey.AsSpan((y - 1) * face.Size + 1, inner), laplacian);
            TensorPrimitives.Add(laplacian, grey.AsSpan((y + 1) * face.Size + 1, inner), laplacian);
            TensorPrimitives.MultiplyAdd(middle, -4, laplacian, laplacian);
            sum += TensorPrimitives.Sum(middle);
            squares += TensorPrimitives.SumOfSquares(middle);
            edge += TensorPrimitives.Sum(laplacian);
            edgeSquares += TensorPrimitives.SumOfSquares(laplacian);
        }
        var count = inner * inner;
        var variance = squares / count - sum / count * (sum / count);
        return variance < 1 ? 0 : (float)((edgeSquares / count - edge / count * (edge / count)) / variance);
    }
}
