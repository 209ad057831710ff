namespace Sosia.Vectors.Metrics;

/// <summary>Manhattan distance Σ|q − x|: Minkowski with p = 1.</summary>
public readonly struct Manhattan : IMetric
{
    private static Minkowski Self => new(1);

    /// <inheritdoc/>
    public string Name => Self.Name;

    /// <inheritdoc/>
    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => Self.Distance(query, row);

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row) =>
        Self.LowerBound(query, queryLength, row);

    /// <inheritdoc/>
    public string? InvalidReason(ReadOnlySpan<float> row) => Self.InvalidReason(row);
}
