using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Trees;

/// <summary>
/// k-d tree (Bentley 1975), as in scikit-learn: nodes divided at the median of their widest dimension, each with the box around its rows.
/// Exact; faster than a scan where rows have few dimensions. Keeps a copy of the rows. A single query runs on one thread, a batch on as
/// many as asked.
/// </summary>
public static class KdTree
{
    /// <summary>Builds the tree.</summary>
    /// <param name="rows">Copied.</param>
    /// <param name="options">Power and leaf size.</param>
    /// <param name="cancellation">Checked at every node.</param>
    /// <exception cref="ArgumentException">An option out of range, or a row that holds a value that is not finite; the message names the
    /// first.</exception>
    /// <exception cref="DamagedFileException">The file of the rows was cut off.</exception>
    public static INeighborIndex Build(IRowReader rows, TreeOptions options, CancellationToken cancellation = default) =>
        TreeBuilder.Build(rows, options, new Boxes(), cancellation);

    private sealed class Boxes : IShapeMaker
    {
        public INodeShapes Make<TPower>(TPower power, int nodes, int dimensions)
            where TPower : struct, IPower => new Boxes<TPower>(power, nodes, dimensions);
    }
}
