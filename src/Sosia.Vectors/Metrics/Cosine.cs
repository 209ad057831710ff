namespace Sosia.Vectors.Metrics;

/// <summary>
/// 1 − cos of the angle between two rows: 0 for the same direction, 2 for the opposite one. Norms don't matter; zero vectors are invalid.
/// </summary>
public readonly struct Cosine : IProductMetric
{
    /// <inheritdoc/>
    public string Name => "cosine";

    /// <inheritdoc/>
    public static bool DirectionOnly => true;

    /// <inheritdoc/>
    public static bool OfDifference => false;

    /// <inheritdoc/>
    public static double ScoreOf(double distance, double querySquare) => 1 - distance;

    /// <inheritdoc/>
    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => Distance(query, Sums.Dot64(query, query), row);

    /// <inheritdoc/>
    public static double Distance(ReadOnlySpan<float> query, double querySquare, ReadOnlySpan<float> row)
    {
        var (dot, square) = Sums.DotAndSquare64(query, row);
        return 1 - Math.Clamp(dot / Math.Sqrt(querySquare * square), -1, 1);
    }

    /// <summary>
    /// Scales the query to a length in [1, 2) by a power of two, which changes no digit, unless of values far too small to matter beside
    /// the others.
    /// </summary>
    public float[] Prepare(ReadOnlySpan<float> query)
    {
        var exponent = Math.ILogB(Math.Sqrt(Sums.Dot64(query, query)));
        var prepared = new float[query.Length];
        for (var i = 0; i < prepared.Length; i++)
            prepared[i] = (float)Math.ScaleB(query[i], -exponent);
        return prepared;
    }

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row)
    {
        // |error of the dot| ≤ e‖q‖‖x‖ and the square is right within its share e, so the quotient is right within 2e; 3e leaves
        // room for the divisions and for products that were too small for float32, which are nothing beside lengths in these ranges.
        var (dot, square) = Sums.DotAndSquare(query, row);
        if (!(square > 1e-30f && square < 1e30f))
            return double.NegativeInfinity;
        var lengths = queryLength * Math.Sqrt(square);
        if (!(lengths > 1e-20 && lengths < 1e30))
            return double.NegativeInfinity;
        return 1 - dot / lengths - 3 * Sums.Error(row.Length);
    }

    /// <inheritdoc/>
    public string? InvalidReason(ReadOnlySpan<float> row) =>
        Finite.InvalidReason(row) ?? (row.ContainsAnyExcept(0f) ? null : "it is a zero vector");
}
