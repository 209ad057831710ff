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

    /// <summary>Builds an index over a table in an encoding that is there, so that it can be joined with others of it.</summary>
    /// <param name="rows">The table; must not change, and stay as long as the index.</param>
    /// <param name="encoding">Learnt for rows of as many dimensions.</param>
    /// <param name="threads">Threads to build with.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="ArgumentException">A row that can't be compared, or another number of dimensions.</exception>
    public static ExactIndex<TMetric> Encode<TMetric>(
        IRowReader rows,
        RowEncoding encoding,
        int threads = 1,
        CancellationToken cancellation = default
    )
        where TMetric : struct, IProductMetric
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(encoding);
        return ExactIndex<TMetric>.Build(rows, null, encoding, threads, cancellation);
    }

    /// <summary>
    /// One index over several: the rows of the first, then those of the second, and so on. It shares everything with them.
    /// </summary>
    /// <param name="parts">One or more, all of one encoding; they stay as long as the result.</param>
    /// <exception cref="ArgumentException">None, or of several encodings, or more than 2³¹ − 1 rows.</exception>
    public static ExactIndex<TMetric> Join<TMetric>(IReadOnlyList<ExactIndex<TMetric>> parts)
        where TMetric : struct, IProductMetric
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.Count, 1);
        return ExactIndex<TMetric>.Join(parts);
    }
}
