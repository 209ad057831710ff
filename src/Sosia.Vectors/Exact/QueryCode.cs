using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// A query as the scan needs it, and scratch memory for one search; rented, so that a search allocates nothing but its result.
/// </summary>
internal sealed unsafe class QueryCode : IDisposable
{
    private readonly Rotation _rotation;
    private readonly RecordLayout _layout;
    private readonly NativeBytes _codes;
    private readonly NativeBytes _secondCodes;
    private readonly NativeBytes _bounds;
    private readonly float[] _centred;
    private readonly float[] _coordinates;
    private double _length;
    private Part _first,
        _second;

    /// <summary>Some coordinates of the query, as records of them are multiplied with.</summary>
    /// <param name="Head">Their length, at least.</param>
    /// <param name="Tail">The length of those behind them, at least.</param>
    /// <param name="Loss">What the codes may be wrong by.</param>
    /// <param name="Scale">A code's step.</param>
    private readonly record struct Part(double Head, double Tail, double Loss, double Scale);

    public QueryCode(Rotation rotation, RecordLayout layout)
    {
        (_rotation, _layout) = (rotation, layout);
        _codes = new NativeBytes(layout.Bytes * sizeof(short));
        _secondCodes = new NativeBytes(RecordLayout.Second.Bytes * sizeof(short));
        _bounds = new NativeBytes(RecordLayout.MostBlockRows * sizeof(float));
        _centred = new float[rotation.Padded];
        _coordinates = new float[rotation.Coordinates];
    }

    /// <summary>Room for one bound a row of a block.</summary>
    public float* Bounds => (float*)_bounds.Pointer;

    /// <summary>Rows of a block that could not be ruled out, with their bounds.</summary>
    public List<(float Bound, int Row)> Candidates { get; } = [];

    /// <summary>A lower bound of ‖q‖² of the centred query.</summary>
    public double SquareAtLeast { get; private set; }

    /// <summary>What to add to the score of centred row and query to get that of the originals; 0 for a difference.</summary>
    public double Offset { get; private set; }

    public void Dispose()
    {
        _codes.Dispose();
        _secondCodes.Dispose();
        _bounds.Dispose();
    }

    /// <summary>Takes a query in.</summary>
    public void Set<TMetric>(ReadOnlySpan<float> query)
        where TMetric : struct, IProductMetric
    {
        var length = Math.Sqrt(Sums.Dot64(query, query));
        var scale = TMetric.DirectionOnly ? 1 / length : 1;
        if (TMetric.DirectionOnly)
            length = 1;
        // The product with a centred row is that with the row minus that with the mean: so only rows are centred.
        if (TMetric.OfDifference)
            _rotation.Centre(query, scale, _centred);
        else
            for (var i = 0; i < query.Length; i++)
                _centred[i] = (float)(query[i] * scale);
        Offset = TMetric.OfDifference ? 0 : Sums.Dot64(query, _rotation.Mean) * scale;
        if (_rotation.Rotates)
            Projection.ApplyOne(_centred, _rotation.Directions, _rotation.Padded, _coordinates);
        else
            _centred.AsSpan(0, _coordinates.Length).CopyTo(_coordinates);

        var all = length + (TMetric.OfDifference ? _rotation.MeanLength : 0);
        var (rounding, moving) = (_rotation.Error * all, Rotation.CentringError * all);
        var whole = Math.Sqrt(Sums.Dot64(_centred, _centred));
        _length = whole + moving;
        SquareAtLeast = Math.Max(0, whole - moving) * Math.Max(0, whole - moving);
        var rest = _rotation.Rotates ? _length * _length * (1 + 1e-6) : 0;
        _first = Take(_coordinates.AsSpan(0, _rotation.Kept), rounding, ref rest, (short*)_codes.Pointer);
        if (_rotation.HasSecond)
            _second = Take(_coordinates.AsSpan(_rotation.Kept), rounding, ref rest, (short*)_secondCodes.Pointer);
    }

    /// <summary>The terms of this query for a block of rows.</summary>
    public ScanTerms Terms(BlockLimits limits) => Terms(limits, _first, _codes, _layout);

    /// <summary>The terms of this query for second records.</summary>
    /// <param name="limits">Of all rows.</param>
    public ScanTerms SecondTerms(BlockLimits limits) => Terms(limits, _second, _secondCodes, RecordLayout.Second);

    private ScanTerms Terms(BlockLimits limits, Part part, NativeBytes codes, RecordLayout layout)
    {
        // The query's own rounding against the longest row, and that of the kernel's few float32 operations, also where numbers are tiny.
        var constant = part.Loss * limits.Norm + 4e-6 * (_length * limits.Norm + limits.Half) + 1e-25;
        return new ScanTerms
        {
            Codes = (short*)codes.Pointer,
            Layout = layout,
            ProductScale = (float)part.Scale,
            Head = Above(part.Head),
            Tail = Above(part.Tail),
            Constant = Above(constant),
        };
    }

    /// <param name="coordinates">Some coordinates.</param>
    /// <param name="rounding">What they may be wrong by.</param>
    /// <param name="rest">The square of the length of these coordinates and all behind them; then of those behind them.</param>
    /// <param name="codes">Where the codes go.</param>
    private static Part Take(ReadOnlySpan<float> coordinates, double rounding, ref double rest, short* codes)
    {
        var head = Math.Sqrt(Sums.Dot64(coordinates, coordinates));
        var known = Math.Max(0, head - rounding);
        rest = Math.Max(0, rest - known * known);
        var (loss, scale) = Quantize(coordinates, codes);
        return new Part(head + rounding, Math.Sqrt(rest), loss + rounding, scale);
    }

    private static (double Loss, double Scale) Quantize(ReadOnlySpan<float> coordinates, short* codes)
    {
        var (largest, all) = (0.0, 0.0);
        foreach (var value in coordinates)
            (largest, all) = (Math.Max(largest, Math.Abs(value)), all + Math.Abs(value));
        // A code is at most |value|/scale + ½, so that 127·Σ|codes| stays below 2³¹ whatever the row's codes are.
        var room = int.MaxValue / 127.0 * 0.999 - coordinates.Length;
        double scale = MathF.BitIncrement((float)Math.Max(largest / short.MaxValue, all / room));
        var square = 0.0;
        for (var i = 0; i < coordinates.Length; i++)
        {
            var code = Math.Clamp(Math.Round(coordinates[i] / scale), -short.MaxValue, short.MaxValue);
            codes[i] = (short)code;
            var lost = coordinates[i] - scale * codes[i];
            square += lost * lost;
        }
        return (Math.Sqrt(square), scale);
    }

    private static float Above(double value) => MathF.BitIncrement((float)value);
}
