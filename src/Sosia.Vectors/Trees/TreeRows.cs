using System.Numerics;

namespace Sosia.Vectors.Trees;

/// <summary>Rows of floats in memory, in pieces: an array can't hold more than 2³¹ values, a table can.</summary>
internal sealed class TreeRows
{
    private const int PieceFloats = 1 << 22;
    private readonly float[][] _pieces;
    private readonly int _shift;
    private readonly int _dimensions;

    public TreeRows(int rows, int dimensions)
    {
        _dimensions = dimensions;
        _shift = BitOperations.Log2((uint)Math.Max(1, PieceFloats / dimensions));
        _pieces = new float[(int)((rows + (1L << _shift) - 1) >> _shift)][];
        for (var i = 0; i < _pieces.Length; i++)
            _pieces[i] = new float[Math.Min(1L << _shift, rows - ((long)i << _shift)) * dimensions];
    }

    public long Bytes => _pieces.Sum(piece => (long)piece.Length) * sizeof(float);

    public Span<float> Row(int row) => _pieces[row >> _shift].AsSpan((row & ((1 << _shift) - 1)) * _dimensions, _dimensions);
}
