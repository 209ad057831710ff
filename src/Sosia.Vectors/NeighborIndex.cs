using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;
using Sosia.Vectors.Trees;

namespace Sosia.Vectors;

/// <summary>Builds an index, and knows which is fastest where. docs/vectors.md has the measurements behind the numbers.</summary>
public static class NeighborIndex
{
    /// <summary>A k-d tree is fastest up to here for any rows.</summary>
    private const int FewDimensions = 8;

    /// <summary>Up to here it is fastest for many rows.</summary>
    private const int SomeDimensions = 16;

    private const int SomeRows = 1_000;
    private const int ManyRows = 100_000;

    /// <summary>Longer rows are scanned without an index: learning a rotation of them takes minutes.</summary>
    private const int LongRow = 4_096;

    /// <summary>What <see cref="Algorithm.Auto"/> stands for.</summary>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="dimensions">Floats a row.</param>
    /// <param name="metric">How far rows are from each other.</param>
    public static Algorithm Choose(int rows, int dimensions, MetricKind metric)
    {
        if (metric != MetricKind.Minkowski)
            return Algorithm.Brute;
        if (dimensions <= FewDimensions && rows >= SomeRows)
            return Algorithm.KdTree;
        return dimensions <= SomeDimensions && rows >= ManyRows ? Algorithm.KdTree : Algorithm.Brute;
    }

    /// <summary>Builds the index that the options describe.</summary>
    /// <param name="rows">The caller's; they must not change while the index is used.</param>
    /// <param name="options">Algorithm, metric, threads.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    /// <exception cref="ArgumentException">Options out of range or against each other, or a row that does not fit the metric; the message
    /// names the first.</exception>
    /// <exception cref="DamagedFileException">The file of the rows was cut off.</exception>
    public static INeighborIndex Build(IRowReader rows, NeighborIndexOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var tree = new TreeOptions { P = options.P, LeafSize = options.LeafSize };
        return (options.Algorithm == Algorithm.Auto ? Choose(rows.Count, rows.Dimensions, options.Metric) : options.Algorithm) switch
        {
            Algorithm.KdTree => KdTree.Build(rows, tree, cancellation),
            Algorithm.BallTree => BallTree.Build(rows, tree, cancellation),
            _ => Brute(rows, options, cancellation),
        };
    }

    private static INeighborIndex Brute(IRowReader rows, NeighborIndexOptions options, CancellationToken cancellation) =>
        options.Metric switch
        {
            MetricKind.Cosine => Scan<Cosine>(rows, options.Threads, cancellation),
            MetricKind.InnerProduct => Scan<InnerProduct>(rows, options.Threads, cancellation),
            _ when options.P == 2 && IsWorthPreparing(rows) => Scan<Euclidean>(rows, options.Threads, cancellation),
            _ => PlainIndex.Build(rows, new Minkowski(options.P), options.Threads, cancellation),
        };

    private static INeighborIndex Scan<TMetric>(IRowReader rows, int threads, CancellationToken cancellation)
        where TMetric : struct, IProductMetric =>
        IsWorthPreparing(rows)
            ? ExactIndex.Build<TMetric>(rows, null, threads, cancellation)
            : PlainIndex.Build(rows, default(TMetric), threads, cancellation);

    private static bool IsWorthPreparing(IRowReader rows) => rows.Count >= SomeRows && rows.Dimensions is > SomeDimensions and <= LongRow;
}
