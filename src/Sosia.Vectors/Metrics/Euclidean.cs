namespace Sosia.Vectors.Metrics;

/// <summary>The length of the difference, ‖q − x‖: Minkowski with p = 2.</summary>
public readonly struct Euclidean : IProductMetric
{
    /// <inheritdoc/>
    public string Name => "euclidean";

    /// <inheritdoc/>
    public static bool DirectionOnly => false;

    /// <inheritdoc/>
    public static bool OfDifference => true;

    /// <inheritdoc/>
    public static double ScoreOf(double distance, double querySquare) =>
        distance < 0 ? double.PositiveInfinity : (querySquare - distance * distance) / 2;

    /// <inheritdoc/>
    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => Math.Sqrt(Sums.Squares64(query, row));

    /// <inheritdoc/>
    public static double Distance(ReadOnlySpan<float> query, double querySquare, ReadOnlySpan<float> row) =>
        Math.Sqrt(Sums.Squares64(query, row));

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row)
    {
        // Each difference is right within half a unit of its last place: a share of itself. A square too small for float32 may be an
        // Epsilon too large.
        var square = Sums.Squares(query, row);
        if (!(square < float.PositiveInfinity))
            return double.NegativeInfinity;
        return Math.Sqrt(Math.Max(0, square - row.Length * (double)float.Epsilon)) * (1 - Sums.Error(row.Length));
    }

    /// <inheritdoc/>
    public string? InvalidReason(ReadOnlySpan<float> row) => Finite.InvalidReason(row);
}
