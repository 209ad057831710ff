namespace Sosia.Vectors;

/// <summary>A row found, and how far from the query it is.</summary>
/// <param name="Row">The row's number, counted from 0.</param>
/// <param name="Distance">By the metric of the index: cosine 1 − cos in [0, 2], inner product −⟨q, x⟩, Euclidean the length itself (not squared).</param>
public readonly record struct Neighbor(int Row, float Distance);
