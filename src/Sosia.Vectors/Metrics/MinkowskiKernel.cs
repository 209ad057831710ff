using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia.Vectors.Metrics;

/// <summary>Sums of powers of differences: a fast one in float32 that never says too much, and one in float64.</summary>
internal static class MinkowskiKernel
{
    /// <summary>Floats that are summed in float32 before the sum goes on in float64: 4 KB of a row.</summary>
    private const int BlockLength = 2048;

    /// <summary>Half the distance between 1 and the next float: how far one rounding can be off.</summary>
    private const double Rounding = 1.0 / (1 << 24);

    /// <summary>
    /// What to multiply a float32 sum by, so that it is not above the true one. All terms are positive, so relative errors do not grow by
    /// cancellation: a difference is off by one rounding, its power by p more and a few for the operations, and a chain of additions by one
    /// each: a block has at most 2,048 / (4 · 4) = 128 of them, and some for adding up the lanes and the tail, less than 256 in all.
    /// </summary>
    public static double Safe(double p) => 1 - (256 + 4 * p) * Rounding;

    /// <summary>What underflow may have added: every power below 2⁻¹²⁶ is off by at most the smallest float.</summary>
    public static double Underflow(int length) => length * (double)float.Epsilon;

    /// <summary>
    /// Sums in float32, block by block, and gives up where the sum so far exceeds a limit: a long row that is far is not read to its end.
    /// </summary>
    /// <param name="power">p.</param>
    /// <param name="query">Finite values.</param>
    /// <param name="row">As long.</param>
    /// <param name="limit">A sum of powers, already divided by <see cref="Safe"/>.</param>
    /// <returns>The sum, or what of it was more than the limit; infinite or not a number when float32 can't hold it.</returns>
    public static double FastSum<TPower>(TPower power, ReadOnlySpan<float> query, ReadOnlySpan<float> row, double limit)
        where TPower : struct, IPower
    {
        var sum = 0.0;
        while (query.Length > BlockLength)
        {
            sum += BlockSum(power, query[..BlockLength], row[..BlockLength]);
            if (sum > limit)
                return sum;
            query = query[BlockLength..];
            row = row[BlockLength..];
        }
        return sum + BlockSum(power, query, row);
    }

    /// <summary>Four chains of additions, so that they don't wait for each other.</summary>
    private static float BlockSum<TPower>(TPower power, ReadOnlySpan<float> query, ReadOnlySpan<float> row)
        where TPower : struct, IPower
    {
        var width = Vector<float>.Count;
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var x = ref MemoryMarshal.GetReference(row[..query.Length]);
        Vector<float> a = default,
            b = default,
            c = default,
            d = default;
        var i = 0;
        for (; i <= query.Length - 4 * width; i += 4 * width)
        {
            a += power.Raise(Difference(ref q, ref x, i));
            b += power.Raise(Difference(ref q, ref x, i + width));
            c += power.Raise(Difference(ref q, ref x, i + 2 * width));
            d += power.Raise(Difference(ref q, ref x, i + 3 * width));
        }
        for (; i <= query.Length - width; i += width)
            a += power.Raise(Difference(ref q, ref x, i));
        var sum = Vector.Sum(a + b + (c + d));
        for (; i < query.Length; i++)
            sum += (float)power.Raise(Math.Abs((double)(query[i] - row[i])));
        return sum;
    }

    /// <summary>The sum of powers in float64: differences of floats are exact there.</summary>
    public static double Sum<TPower>(TPower power, ReadOnlySpan<float> query, ReadOnlySpan<float> row)
        where TPower : struct, IPower
    {
        var width = Vector<float>.Count;
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var x = ref MemoryMarshal.GetReference(row[..query.Length]);
        Vector<double> a = default,
            b = default;
        var i = 0;
        for (; i <= query.Length - width; i += width)
        {
            Vector.Widen(Vector.LoadUnsafe(ref q, (nuint)i), out var queryLow, out var queryHigh);
            Vector.Widen(Vector.LoadUnsafe(ref x, (nuint)i), out var rowLow, out var rowHigh);
            a += power.Raise(Vector.Abs(queryLow - rowLow));
            b += power.Raise(Vector.Abs(queryHigh - rowHigh));
        }
        var sum = Vector.Sum(a + b);
        for (; i < query.Length; i++)
            sum += power.Raise(Math.Abs((double)query[i] - row[i]));
        return sum;
    }

    /// <summary>The distance by definition. Where powers leave float64's range, differences are measured in units of the largest.</summary>
    public static double Distance<TPower>(TPower power, ReadOnlySpan<float> query, ReadOnlySpan<float> row)
        where TPower : struct, IPower
    {
        var sum = Sum(power, query, row);
        return sum is > 1e-290 and < double.PositiveInfinity ? power.Root(sum) : Scaled(power, query, row);
    }

    private static double Scaled<TPower>(TPower power, ReadOnlySpan<float> query, ReadOnlySpan<float> row)
        where TPower : struct, IPower
    {
        var largest = 0.0;
        for (var i = 0; i < query.Length; i++)
            largest = Math.Max(largest, Math.Abs((double)query[i] - row[i]));
        if (!(largest > 0 && double.IsFinite(largest)))
            return largest;
        var sum = 0.0;
        for (var i = 0; i < query.Length; i++)
            sum += power.Raise(Math.Abs((double)query[i] - row[i]) / largest);
        return largest * power.Root(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Difference(ref float query, ref float row, int at) =>
        Vector.Abs(Vector.LoadUnsafe(ref query, (nuint)at) - Vector.LoadUnsafe(ref row, (nuint)at));
}
