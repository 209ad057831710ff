namespace Sosia.Vectors;

/// <summary>A row that was found, with its distance from the query.</summary>
/// <param name="Row">The row's number, counted from 0.</param>
/// <param name="Distance">By the metric of the index: cosine 1 − cos in [0, 2], inner product −⟨q, x⟩, Euclidean the length itself
/// (not squared).</param>
public readonly record struct Neighbor(int Row, float Distance);
