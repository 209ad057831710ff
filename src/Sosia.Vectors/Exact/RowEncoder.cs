using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>Encodes rows as records. Has scratch memory: one encoder for each thread.</summary>
/// <param name="rotation">Where coordinates come from.</param>
/// <param name="layout">How a record lies.</param>
/// <param name="directionOnly">Whether rows count with unit length.</param>
internal sealed unsafe class RowEncoder(Rotation rotation, RecordLayout layout, bool directionOnly)
{
    /// <summary>With a larger norm a bound could leave the range of float32.</summary>
    public const double LargestNorm = 1e15;

    private const int Batch = 32;
    private const double Up = 1 + 1e-6;
    private readonly float[] _centred = new float[Batch * rotation.Padded];
    private readonly float[] _coordinates = new float[Batch * rotation.Coordinates];

    /// <summary>Makes the records of rows in order.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="into">Where the first row's record goes.</param>
    /// <param name="seconds">Where the first row's second record goes; not used where rows have none.</param>
    /// <param name="onInvalid">Called with each row that can't be compared, whose record is all zeros; null where there is none.</param>
    public BlockLimits Encode(IRowReader rows, int first, int count, byte* into, byte* seconds, Action<int>? onInvalid)
    {
        var limits = default(BlockLimits);
        var lengths = stackalloc double[Batch];
        for (var done = 0; done < count; done += Batch)
        {
            var batch = Math.Min(Batch, count - done);
            for (var i = 0; i < batch; i++)
                lengths[i] = Move(rows.Row(first + done + i), _centred.AsSpan(i * rotation.Padded, rotation.Padded));
            rotation.Rotate(_centred.AsSpan(0, RecordLayout.Pad(batch) * rotation.Padded), _coordinates);
            for (var i = 0; i < batch; i++)
            {
                var record = into + (long)(done + i) * layout.Bytes;
                if (double.IsFinite(lengths[i]))
                    limits = limits.With(Encode(i, lengths[i], record, seconds + (long)(done + i) * RecordLayout.Second.Bytes));
                else
                    onInvalid?.Invoke(first + done + i);
            }
        }
        return limits;
    }

    /// <summary>Centres a row, and gives its norm before that; NaN for a row that can't be compared.</summary>
    private double Move(ReadOnlySpan<float> row, Span<float> into)
    {
        var square = Sums.Dot64(row, row);
        if (!double.IsFinite(square) || (directionOnly ? square == 0 : square > LargestNorm * LargestNorm))
        {
            into.Clear();
            return double.NaN;
        }
        rotation.Centre(row, directionOnly ? 1 / Math.Sqrt(square) : 1, into);
        return directionOnly ? 1 : Math.Sqrt(square);
    }

    private BlockLimits Encode(int i, double length, byte* record, byte* second)
    {
        var centred = _centred.AsSpan(i * rotation.Padded, rotation.Padded);
        var coordinates = _coordinates.AsSpan(i * rotation.Coordinates, rotation.Kept);
        // Everything from here on is rounded so that the bound stays one: lengths up, the half square down.
        var rounding = rotation.Error * (length + rotation.MeanLength);
        var moving = Rotation.CentringError * (length + rotation.MeanLength);
        var whole = Math.Sqrt(Sums.Dot64(centred, centred));
        var rest = rotation.Rotates ? Square(whole + moving) * Up : 0;

        var (error, tail) = Write(coordinates, rounding, ref rest, (sbyte*)record, (ushort*)(record + layout.Terms));
        var half = layout.HasHalf ? MathF.BitDecrement((float)(Square(Math.Max(0, whole - moving)) / 2)) : 0;
        if (layout.HasHalf)
            *(float*)(record + layout.Half) = half;
        if (rotation.HasSecond)
        {
            coordinates = _coordinates.AsSpan(i * rotation.Coordinates + rotation.Kept, RecordLayout.SecondCodes);
            var terms = (ushort*)(second + RecordLayout.Second.Terms);
            error = Math.Max(error, Write(coordinates, rounding, ref rest, (sbyte*)second, terms).Error);
            terms[3] = tail;
            *(uint*)(second + RecordLayout.SecondCodes) = SecondRecord.ChecksumOf(second);
        }
        return new BlockLimits(MathF.BitIncrement((float)((whole + moving + rounding + error) * Up)), half);
    }

    /// <summary>Writes codes and terms of some coordinates.</summary>
    /// <param name="coordinates">The coordinates.</param>
    /// <param name="rounding">What they may be wrong by.</param>
    /// <param name="rest">The square of the length of these coordinates and all behind them; then of those behind them.</param>
    /// <param name="codes">Where the codes go.</param>
    /// <param name="terms">Where scale, tail and error go, and a 0.</param>
    /// <returns>The length of what the codes lost, and the tail as it was written.</returns>
    private static (double Error, ushort Tail) Write(
        ReadOnlySpan<float> coordinates,
        double rounding,
        ref double rest,
        sbyte* codes,
        ushort* terms
    )
    {
        var scale = RoundUp(Largest(coordinates) / 127.0);
        var error = Quantize(coordinates, Upper(scale), codes);
        var head = Math.Max(0, Math.Sqrt(Sums.Dot64(coordinates, coordinates)) - rounding);
        rest = Math.Max(0, rest - head * head);
        var tail = RoundUp(Math.Sqrt(rest));
        (terms[0], terms[1], terms[2], terms[3]) = (scale, tail, RoundUp((error + rounding) * Up), 0);
        return (error, tail);
    }

    private static double Quantize(ReadOnlySpan<float> coordinates, float scale, sbyte* codes)
    {
        var inverse = scale > 0 ? 1.0 / scale : 0;
        var square = 0.0;
        for (var j = 0; j < coordinates.Length; j++)
        {
            var code = (int)Math.Round(coordinates[j] * inverse);
            codes[j] = (sbyte)Math.Clamp(code, -127, 127);
            square += Square(coordinates[j] - (double)scale * codes[j]);
        }
        return Math.Sqrt(square);
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    /// <summary>The upper half of the float32 that is the next above, among those whose lower half is 0.</summary>
    public static ushort RoundUp(double value) =>
        (ushort)((BitConverter.SingleToUInt32Bits(value > 0 ? MathF.BitIncrement((float)value) : 0) + 0xFFFF) >> 16);

    private static float Upper(ushort half) => BitConverter.UInt32BitsToSingle((uint)half << 16);

    private static double Square(double value) => value * value;
}
