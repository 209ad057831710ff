using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Trees;

/// <summary>How a tree is built.</summary>
public sealed record TreeOptions
{
    /// <summary>Rows a leaf unless said otherwise, as in scikit-learn's NearestNeighbors.</summary>
    public const int DefaultLeafSize = 30;

    /// <summary>Minkowski's p, from 1 to <see cref="Minkowski.MaxP"/>; 2 is Euclidean.</summary>
    public double P { get; init; } = 2;

    /// <summary>A node of up to so many rows is not divided further; 1 or more. Changes the speed only.</summary>
    public int LeafSize { get; init; } = DefaultLeafSize;

    /// <summary>Checks the options once, before any work.</summary>
    /// <exception cref="ArgumentException">Out of range.</exception>
    internal Minkowski Check()
    {
        if (LeafSize < 1)
            throw new ArgumentException($"Leaf size must be 1 or more, got {LeafSize}.");
        return new Minkowski(P);
    }
}
