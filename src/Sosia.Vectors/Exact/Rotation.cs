using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// Centres rows by their mean and rotates them so that the first coordinates carry most of the variance: the leading rows of an orthogonal
/// matrix whose other rows are never needed. Rows without structure are only centred.
/// </summary>
internal sealed class Rotation
{
    /// <summary>
    /// The largest error of scaling and centring a row in float32, as a share of the norms of row and mean together: one rounding of the
    /// difference, with room.
    /// </summary>
    public const double CentringError = 3e-7;

    private readonly float[]? _directions;
    private readonly double _defect;

    /// <param name="mean">Subtracted from every row.</param>
    /// <param name="kept">Coordinates of the first record; those behind them are of the second.</param>
    /// <param name="directions">Directions × (dimensions rounded up to <see cref="Projection.Step"/>), orthonormal but for rounding; null
    /// for no rotation.</param>
    public Rotation(float[] mean, float[]? directions, int kept)
    {
        Mean = mean;
        _directions = directions;
        Padded = Projection.Pad(mean.Length);
        MeanLength = Math.Sqrt(Sums.Dot64(mean, mean));
        Coordinates = directions is null ? mean.Length : directions.Length / Padded;
        Kept = kept;
        _defect = directions is null ? 0 : Defect(directions, Coordinates, Padded);
    }

    public float[] Mean { get; }
    public double MeanLength { get; }

    /// <summary>Coordinates after the rotation: fewer than dimensions, or all of them without one.</summary>
    public int Coordinates { get; }

    /// <summary>Coordinates that a row's first record keeps.</summary>
    public int Kept { get; }

    /// <summary>Whether rows have a second record, with the next <see cref="RecordLayout.SecondCodes"/> coordinates.</summary>
    public bool HasSecond => Coordinates > Kept;

    /// <summary>Floats that a row takes while it is rotated.</summary>
    public int Padded { get; }

    /// <summary>Whether rows are rotated. Otherwise they are only centred, and all coordinates are kept.</summary>
    public bool Rotates => _directions is not null;

    /// <summary>The directions, or nothing.</summary>
    public ReadOnlySpan<float> Directions => _directions;

    /// <summary>
    /// How far coordinates may be from those of an exact rotation by the nearest orthogonal matrix, as a share of row's and mean's lengths
    /// together: the float32 sums, each within its error, and what the directions lack in being orthonormal. Without a rotation only the
    /// subtraction rounds.
    /// </summary>
    public double Error => Rotates ? Math.Sqrt(Coordinates) * Projection.Error(Mean.Length) + _defect + CentringError : CentringError;

    /// <summary>A row minus the mean, padded with zeros.</summary>
    public void Centre(ReadOnlySpan<float> row, double scale, Span<float> into)
    {
        for (var i = 0; i < row.Length; i++)
            into[i] = (float)(row[i] * scale - Mean[i]);
        into[row.Length..].Clear();
    }

    /// <summary>Coordinates of centred rows, four at a time.</summary>
    /// <param name="centred">Rows × <see cref="Padded"/>, the rows a multiple of 4.</param>
    /// <param name="into">Rows × <see cref="Coordinates"/>.</param>
    public void Rotate(ReadOnlySpan<float> centred, Span<float> into)
    {
        if (_directions is null)
            for (var row = 0; row < centred.Length / Padded; row++)
                centred.Slice(row * Padded, Coordinates).CopyTo(into[(row * Coordinates)..]);
        else
            Projection.Apply(centred, _directions, Padded, into);
    }

    /// <summary>The same rotation, only with its first directions.</summary>
    public Rotation Leading(int coordinates) => new(Mean, _directions![..(coordinates * Padded)], coordinates);

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
