namespace Sosia.Vectors;

/// <summary>
/// How far two rows are from each other. A struct, so that it is bound at compile time: no call through an interface for a distance.
/// </summary>
public interface IMetric
{
    /// <summary>As commands and files name it: "cosine", "inner-product", "euclidean", "manhattan", "minkowski".</summary>
    string Name { get; }

    /// <summary>
    /// The query as a scan uses it. Where the norm does not matter to the metric, it is scaled so that float32 holds its products with any
    /// ordinary row. No distance changes.
    /// </summary>
    /// <param name="query">Finite values that <see cref="InvalidReason"/> has accepted.</param>
    /// <returns>A copy, of the same length.</returns>
    float[] Prepare(ReadOnlySpan<float> query) => query.ToArray();

    /// <summary>The distance by definition, summed in float64. This, rounded to six decimals, is what orders results.</summary>
    /// <param name="query">Finite values.</param>
    /// <param name="row">As long as the query.</param>
    double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row);

    /// <summary>A lower bound of the distance, close to it and computed fast in float32: a scan tries it first.</summary>
    /// <param name="query">Finite values.</param>
    /// <param name="queryLength">Its Euclidean length.</param>
    /// <param name="row">As long as the query.</param>
    /// <returns>Never above <see cref="Distance"/>, whatever the rounding; −∞ when float32 can't tell.</returns>
    double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row);

    /// <summary>
    /// Why a row is invalid under this metric (a value that is not finite, a zero vector under cosine), as a clause; null for a valid row.
    /// </summary>
    string? InvalidReason(ReadOnlySpan<float> row);
}
