using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// Moves rows by their mean and turns them so that the first coordinates say most: the leading directions of an orthogonal matrix whose
/// other directions are never needed. Or no turn at all, where rows have no structure.
/// </summary>
internal sealed class Rotation
{
    /// <summary>What scaling and moving a row in float32 can be wrong by, as a share of row's and mean's lengths together: one rounding of the difference, with room.</summary>
    public const double MoveError = 3e-7;

    private readonly float[]? _directions;
    private readonly double _defect;

    /// <param name="mean">What is taken from every row.</param>
    /// <param name="directions">Directions × (dimensions rounded up to <see cref="Projection.Step"/>), orthonormal but for rounding; null for no turn.</param>
    public Rotation(float[] mean, float[]? directions)
    {
        Mean = mean;
        _directions = directions;
        Padded = Projection.Pad(mean.Length);
        MeanLength = Math.Sqrt(Sums.Dot64(mean, mean));
        Coordinates = directions is null ? mean.Length : directions.Length / Padded;
        _defect = directions is null ? 0 : Defect(directions, Coordinates, Padded);
    }

    public float[] Mean { get; }
    public double MeanLength { get; }

    /// <summary>Coordinates after the turn: fewer than dimensions, or all of them without one.</summary>
    public int Coordinates { get; }

    /// <summary>Floats that a row takes while it is turned.</summary>
    public int Padded { get; }

    /// <summary>Whether rows are turned; otherwise they are only moved, and nothing is left beside the coordinates.</summary>
    public bool Turns => _directions is not null;

    /// <summary>The directions, or nothing.</summary>
    public ReadOnlySpan<float> Directions => _directions;

    /// <summary>
    /// How far coordinates may be from those of an exact turn by the nearest orthogonal matrix, as a share of row's and mean's lengths together:
    /// the float32 sums, each within its error, and what the directions lack in being orthonormal. Without a turn only the subtraction rounds.
    /// </summary>
    public double Error => Turns ? Math.Sqrt(Coordinates) * Projection.Error(Mean.Length) + _defect + MoveError : MoveError;

    /// <summary>A row moved by the mean, with zeros behind it.</summary>
    public void Move(ReadOnlySpan<float> row, double scale, Span<float> into)
    {
        for (var i = 0; i < row.Length; i++) into[i] = (float)(row[i] * scale - Mean[i]);
        into[row.Length..].Clear();
    }

    /// <summary>Coordinates of moved rows, four at a time.</summary>
    /// <param name="moved">Rows × <see cref="Padded"/>, the rows a multiple of 4.</param>
    /// <param name="into">Rows × <see cref="Coordinates"/>.</param>
    public void Turn(ReadOnlySpan<float> moved, Span<float> into)
    {
        if (_directions is null)
            for (var row = 0; row < moved.Length / Padded; row++) moved.Slice(row * Padded, Coordinates).CopyTo(into[(row * Coordinates)..]);
        else
            Projection.Apply(moved, _directions, Padded, into);
    }

    /// <summary>The same rotation, only with its first directions.</summary>
    public Rotation Leading(int coordinates) => new(Mean, _directions![..(coordinates * Padded)]);

    /// <summary>‖RRᵀ − I‖ (Frobenius), which no distance to the nearest orthonormal directions exceeds.</summary>
    private static double Defect(float[] directions, int count, int padded)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            for (var j = 0; j <= i; j++)
            {
                var product = Sums.Dot64(directions.AsSpan(i * padded, padded), directions.AsSpan(j * padded, padded)) - (i == j ? 1 : 0);
                sum += (i == j ? 1 : 2) * product * product;
            }
        return Math.Sqrt(sum);
    }
}
