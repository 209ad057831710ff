namespace Sosia.Vectors.Metrics;

/// <summary>A metric that follows from an inner product, so that a bound on the product is a bound on the distance.</summary>
public interface IProductMetric : IMetric
{
    /// <summary>Whether only the direction of query and row counts: both are scaled to norm 1 first.</summary>
    static abstract bool DirectionOnly { get; }

    /// <summary>
    /// Whether the distance is the norm of the difference: then both may be moved by the same vector, and half of the squared norm of the
    /// row is subtracted from its score.
    /// </summary>
    static abstract bool OfDifference { get; }

    /// <summary>
    /// The score a row must at least have to be within a distance. Scores: ⟨q, x⟩, and ⟨q, x⟩ − ½‖x‖² for a difference.
    /// </summary>
    /// <param name="distance">The distance; +∞ gives −∞.</param>
    /// <param name="querySquare">‖q‖² of the centred query.</param>
    static abstract double ScoreOf(double distance, double querySquare);

    /// <summary>The distance by definition, for a query whose square, summed in float64, is known.</summary>
    static abstract double Distance(ReadOnlySpan<float> query, double querySquare, ReadOnlySpan<float> row);
}
