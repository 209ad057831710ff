namespace Sosia.Vectors;

/// <summary>Rows that lie one behind the other in an array, which must not change.</summary>
public sealed class ArrayRows : IRowReader
{
    private readonly float[] _rows;

    /// <param name="rows">Count × dimensions floats.</param>
    /// <param name="dimensions">Floats a row, 1 or more.</param>
    /// <exception cref="ArgumentException">Not whole rows.</exception>
    public ArrayRows(float[] rows, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (rows.Length % dimensions != 0)
            throw new ArgumentException($"Expected rows of {dimensions} dimensions, got {rows.Length} floats.", nameof(rows));
        (_rows, Dimensions) = (rows, dimensions);
    }

    /// <inheritdoc/>
    public int Count => _rows.Length / Dimensions;

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Row(int row) => _rows.AsSpan(row * Dimensions, Dimensions);
}
