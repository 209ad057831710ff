namespace Sosia.Vectors.Metrics;

/// <summary>
/// −⟨q, x⟩: the larger the product, the nearer. Not a metric in the mathematical sense, and its distances may be negative.
/// </summary>
public readonly struct InnerProduct : IProductMetric
{
    /// <inheritdoc/>
    public string Name => "inner-product";

    /// <inheritdoc/>
    public static bool DirectionOnly => false;

    /// <inheritdoc/>
    public static bool OfDifference => false;

    /// <inheritdoc/>
    public static double ScoreOf(double distance, double querySquare) => -distance;

    /// <inheritdoc/>
    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => -Sums.Dot64(query, row);

    /// <inheritdoc/>
    public static double Distance(ReadOnlySpan<float> query, double querySquare, ReadOnlySpan<float> row) => -Sums.Dot64(query, row);

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row)
    {
        var (dot, square) = Sums.DotAndSquare(query, row);
        if (!(square < 1e30f && Math.Abs(dot) < 1e30f))
            return double.NegativeInfinity;
        // What is lost when products are too small for float32: of the square at most one Epsilon a value, of the dot less than 1e-30.
        var length = Math.Sqrt(square + row.Length * (double)float.Epsilon);
        return -dot - 1.1 * Sums.Error(row.Length) * queryLength * length - 1e-30;
    }

    /// <inheritdoc/>
    public string? InvalidReason(ReadOnlySpan<float> row) => Finite.InvalidReason(row);
}
