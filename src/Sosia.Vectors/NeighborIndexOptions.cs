using Sosia.Vectors.Metrics;
using Sosia.Vectors.Trees;

namespace Sosia.Vectors;

/// <summary>Ways to find the nearest rows. All give the same result.</summary>
public enum Algorithm
{
    /// <summary>The fastest for the number of rows and dimensions and the metric, as measured.</summary>
    Auto,

    /// <summary>A scan: of bytes with a certified bound where the metric has one, else of the rows themselves.</summary>
    Brute,

    /// <summary>k-d tree; Minkowski only.</summary>
    KdTree,

    /// <summary>Ball tree; Minkowski only.</summary>
    BallTree,
}

/// <summary>Ways to measure how far two rows are from each other.</summary>
public enum MetricKind
{
    /// <summary>(Σ|q − x|ᵖ)^(1/p).</summary>
    Minkowski,

    /// <summary>1 − cos.</summary>
    Cosine,

    /// <summary>−⟨q, x⟩.</summary>
    InnerProduct,
}

/// <summary>What index to build over a table of rows.</summary>
public sealed record NeighborIndexOptions
{
    /// <summary>How to find the nearest rows.</summary>
    public Algorithm Algorithm { get; init; } = Algorithm.Auto;

    /// <summary>How far rows are from each other.</summary>
    public MetricKind Metric { get; init; } = MetricKind.Minkowski;

    /// <summary>Minkowski's p, from 1 to 1,000; 2 is Euclidean.</summary>
    public double P { get; init; } = 2;

    /// <summary>Rows a leaf of a tree, 1 or more.</summary>
    public int LeafSize { get; init; } = TreeOptions.DefaultLeafSize;

    /// <summary>Threads to build with, 1 or more.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Checks the options once, before any work.</summary>
    /// <exception cref="ArgumentException">Out of range, or a tree under a metric that has none.</exception>
    internal void Check()
    {
        _ = new Minkowski(P);
        if (LeafSize < 1)
            throw new ArgumentException($"Leaf size must be 1 or more, got {LeafSize}.");
        if (Threads < 1)
            throw new ArgumentException($"Threads must be 1 or more, got {Threads}.");
        if (Algorithm is Algorithm.KdTree or Algorithm.BallTree && Metric != MetricKind.Minkowski)
            throw new ArgumentException($"A tree needs a Minkowski metric, got {Metric}: choose brute or auto.");
    }
}
