using System.Numerics;

namespace Sosia.Faces;

/// <summary>Turning, scaling and moving, no shear: what brings five points of a face onto a template.</summary>
internal static class SimilarityTransform
{
    /// <summary>
    /// The transform that takes <paramref name="from"/> nearest to <paramref name="to"/> in least squares (Umeyama 1991, without
    /// reflection).
    /// </summary>
    /// <param name="from">Two points or more, not all the same.</param>
    /// <param name="to">As many points.</param>
    /// <exception cref="ArgumentException">Unequal counts, or fewer than two points.</exception>
    public static Matrix3x2 Between(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to)
    {
        if (from.Length != to.Length || from.Length < 2)
            throw new ArgumentException($"Expected two or more points on both sides, got {from.Length} and {to.Length}.", nameof(from));
        var middleFrom = Mean(from);
        var middleTo = Mean(to);
        double dot = 0,
            cross = 0,
            spread = 0;
        for (var i = 0; i < from.Length; i++)
        {
            var (a, b) = (from[i] - middleFrom, to[i] - middleTo);
            dot += (double)a.X * b.X + (double)a.Y * b.Y;
            cross += (double)a.X * b.Y - (double)a.Y * b.X;
            spread += a.LengthSquared();
        }
        if (spread == 0)
            return Matrix3x2.CreateTranslation(middleTo - middleFrom);
        var (cosine, sine) = ((float)(dot / spread), (float)(cross / spread));
        var turn = new Matrix3x2(cosine, sine, -sine, cosine, 0, 0);
        turn.Translation = middleTo - Vector2.Transform(middleFrom, turn);
        return turn;
    }

    private static Vector2 Mean(ReadOnlySpan<Vector2> points)
    {
        var sum = Vector2.Zero;
        foreach (var point in points)
            sum += point;
        return sum / points.Length;
    }
}
