using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Trees;

/// <summary>
/// Ball tree (Omohundro 1989), as in scikit-learn: nodes divided as in a k-d tree, each with the mean of its rows and the distance to the
/// farthest. Exact; faster than a scan where rows lie near a surface of few dimensions. Keeps a copy of the rows. A single query runs on
/// one thread, a batch on as many as asked.
/// </summary>
public static class BallTree
{
    /// <inheritdoc cref="KdTree.Build"/>
    public static INeighborIndex Build(IRowReader rows, TreeOptions options, CancellationToken cancellation = default) =>
        TreeBuilder.Build(rows, options, new Balls(), cancellation);

    private sealed class Balls : IShapeMaker
    {
        public INodeShapes Make<TPower>(TPower power, int nodes, int dimensions)
            where TPower : struct, IPower => new Balls<TPower>(power, nodes, dimensions);
    }
}
