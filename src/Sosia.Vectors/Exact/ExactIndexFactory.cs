using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>Builds exact indexes.</summary>
public static class ExactIndex
{
    /// <summary>The instructions that the scan uses on this processor: avx512, avx-vnni, avx2 or plain.</summary>
    public static string Kernel => Scan.Kernel;

    /// <summary>Builds an index over a table.</summary>
    /// <param name="rows">The table; must not change, and stay as long as the index.</param>
    /// <param name="deleted">Rows not to be found, which may be invalid; null for none. Not to be changed afterwards.</param>
    /// <param name="threads">Threads to build with.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="ArgumentException">A row that can't be compared: not finite, or a zero vector under cosine; or a set over another
    /// number of rows.</exception>
    public static ExactIndex<TMetric> Build<TMetric>(
        IRowReader rows,
        RowSet? deleted = null,
        int threads = 1,
        CancellationToken cancellation = default
    )
        where TMetric : struct, IProductMetric
    {
        ArgumentNullException.ThrowIfNull(rows);
        return ExactIndex<TMetric>.Build(rows, deleted, threads, cancellation);
    }
}
