using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Trees;

/// <summary>What surrounds the rows of each node, and so how near they can be to a query.</summary>
internal interface INodeShapes
{
    /// <summary>Bytes in memory.</summary>
    long Bytes { get; }

    /// <summary>Surrounds the rows of a node.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="members">Those of the node, one or more.</param>
    /// <param name="low">Their smallest value in each dimension.</param>
    /// <param name="high">Their largest.</param>
    void Surround(int node, TreeRows rows, ReadOnlySpan<int> members, ReadOnlySpan<float> low, ReadOnlySpan<float> high);

    /// <summary>What <see cref="Nearest"/> is compared with: a node above it has no row within the limit.</summary>
    double Bound(double limit);

    /// <summary>A measure that no row of the node is below.</summary>
    double Nearest(int node, ReadOnlySpan<float> query);
}

/// <summary>Makes the shapes of a tree, for one power.</summary>
internal interface IShapeMaker
{
    INodeShapes Make<TPower>(TPower power, int nodes, int dimensions)
        where TPower : struct, IPower;
}
