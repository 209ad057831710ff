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
    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) =>
        1 - Math.Clamp(Sums.Dot64(query, row) / Math.Sqrt(Sums.Dot64(query, query) * Sums.Dot64(row, row)), -1, 1);

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row)
    {
        // |error of the dot| ≤ e‖q‖‖x‖ and the square is right within its share e, so the quotient is right within 2e; 3e leaves room for the divisions.
        var (dot, square) = Sums.DotAndSquare(query, row);
        if (!(square > 1e-30f && square < 1e30f)) return double.NegativeInfinity;
        return 1 - dot / (queryLength * Math.Sqrt(square)) - 3 * Sums.Error(row.Length);
    }

    /// <inheritdoc/>
    public string? Unfit(ReadOnlySpan<float> row) => Fitness.NotFinite(row) ?? Fitness.Zero(row);
}
