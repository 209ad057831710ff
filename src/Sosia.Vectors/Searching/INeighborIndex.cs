namespace Sosia.Vectors;

/// <summary>
/// Nearest rows of one table that does not change. Every index gives the same rows as a scan that sums in float64 over the original rows:
/// nearest first, distances that are equal to six decimals in order of the row number. Safe for many callers at once.
/// </summary>
public interface INeighborIndex
{
    /// <summary>Rows in the table.</summary>
    int Count { get; }

    /// <summary>Floats a row.</summary>
    int Dimensions { get; }

    /// <summary>Bytes that the index holds beside the rows themselves.</summary>
    long IndexBytes { get; }

    /// <summary>The rows nearest to a query.</summary>
    /// <param name="query">As many floats as a row has.</param>
    /// <param name="request">How many rows, how far, which, with how many threads.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <returns>Nearest first; empty when nothing is allowed or near enough.</returns>
    /// <exception cref="ArgumentException">Wrong number of dimensions, a value that is not finite, a zero vector under cosine, or a request
    /// that makes no sense.</exception>
    Neighbor[] Search(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation = default);

    /// <summary>The rows nearest to each of many queries: the same as one by one, but faster.</summary>
    /// <returns>One array for each query, in order.</returns>
    /// <exception cref="ArgumentException">As for a single query; the message names the query's number.</exception>
    Neighbor[][] SearchAll(IRowReader queries, SearchRequest request, CancellationToken cancellation = default);
}
