namespace Sosia.Vectors.Metrics;

/// <summary>1 − cos of the angle between two rows: 0 for the same direction, 2 for the opposite one. Lengths don't matter; a zero row has no direction.</summary>
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

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row)
    {
        // |error of the dot| ≤ e‖q‖‖x‖ and the square is right within its share e, so the quotient is right within 2e; 3e leaves room for the divisions.
        var (dot, square) = Sums.DotAndSquare(query, row);
        if (!(square > 1e-30f && square < 1e30f)) return double.NegativeInfinity;
        return 1 - dot / (queryLength * Math.Sqrt(square)) - 3 * Sums.Error(row.Length);
    }

    /// <inheritdoc/>
    public string? Unfit(ReadOnlySpan<float> row) => Finite.Unfit(row) ?? (row.ContainsAnyExcept(0f) ? null : "it is all zeros, and so has no direction");
}
