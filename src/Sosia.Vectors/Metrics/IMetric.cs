namespace Sosia.Vectors;

/// <summary>How far two rows are from each other. A struct, so that it is bound at compile time: no call through an interface for a distance.</summary>
public interface IMetric
{
    /// <summary>As commands and files name it: "cosine", "inner-product", "euclidean", "manhattan", "minkowski".</summary>
    string Name { get; }

    /// <summary>
    /// The query as a scan uses it: at a size at which float32 holds the products with any ordinary row, where size does not matter to the metric.
    /// No distance changes.
    /// </summary>
    /// <param name="query">Finite values that <see cref="Unfit"/> has accepted.</param>
    /// <returns>A copy, of the same length.</returns>
    float[] Prepare(ReadOnlySpan<float> query) => query.ToArray();

    /// <summary>The distance by definition, summed in float64. This, rounded to six decimals, is what orders results.</summary>
    /// <param name="query">Finite values.</param>
    /// <param name="row">As long as the query.</param>
    double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row);

    /// <summary>A number that is at most the distance and close to it, computed fast in float32: what a scan looks at first.</summary>
    /// <param name="query">Finite values.</param>
    /// <param name="queryLength">Its Euclidean length.</param>
    /// <param name="row">As long as the query.</param>
    /// <returns>Never above <see cref="Distance"/>, whatever the rounding; −∞ when float32 can't tell.</returns>
    double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row);

    /// <summary>What makes a row unfit for this metric (a value that is not finite; a zero row under cosine), as a sentence; null for a good row.</summary>
    string? Unfit(ReadOnlySpan<float> row);
}
