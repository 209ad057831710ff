namespace Sosia.Search;

/// <summary>
/// Query expansion (after Chum et al. 2007; weights after Radenović et al. 2018): a row becomes the sum of itself and its nearest rows, each weighted by
/// a power of its cosine, of unit length again. Done on both sides, for the query and for the rows it is compared with.
/// </summary>
public static class QueryExpansion
{
    /// <summary>Nearest rows added. Measured on LFW.</summary>
    public const int Neighbours = 3;

    private const float Power = 3;

    /// <summary>Adds neighbours to a row.</summary>
    /// <param name="row">Unit length; changed into the expanded row, of unit length.</param>
    /// <param name="neighbours">The nearest other rows with their cosines; negative cosines count for nothing.</param>
    public static void Expand(Span<float> row, IEnumerable<(ReadOnlyMemory<float> Row, float Cosine)> neighbours)
    {
        ArgumentNullException.ThrowIfNull(neighbours);
        foreach (var (other, cosine) in neighbours)
        {
            var weight = MathF.Pow(Math.Max(0, cosine), Power);
            var values = other.Span;
            for (var i = 0; i < row.Length; i++) row[i] += weight * values[i];
        }
        var squares = 0f;
        foreach (var value in row) squares += value * value;
        var scale = squares > 0 ? 1 / MathF.Sqrt(squares) : 0;
        for (var i = 0; i < row.Length; i++) row[i] *= scale;
    }
}
