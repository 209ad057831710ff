using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia.Vectors.Metrics;

/// <summary>
/// Sums over pairs of rows: float64 by definition, float32 for speed, each with four chains so that an addition need not wait for the one
/// before.
/// </summary>
internal static class Sums
{
    /// <summary>
    /// The largest error of a float32 sum of n products, as a share of Σ|aᵢbᵢ|. A term is rounded at most n / 16 times while four
    /// vectors of four or more lanes are summed, three times for single vectors, and then once for each lane and each value left over, 15
    /// of each where vectors hold 16 floats, with a few for the product and for adding the vectors: fewer than n / 16 + 40 roundings of
    /// half a unit in the last place, 6 · 10⁻⁸ each; 6.2 allows for their products. Products too small for float32 are not covered:
    /// each adds up to <see cref="float.Epsilon"/>.
    /// </summary>
    public static double Error(int n) => (n / 16 + 40) * 6.2e-8;

    /// <summary>⟨a, b⟩ in float64.</summary>
    public static double Dot64(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum64<Product>(a, b);

    /// <summary>‖a − b‖² in float64.</summary>
    public static double Squares64(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum64<SquaredDifference>(a, b);

    /// <summary>⟨a, b⟩ and ‖b‖² in float64, in one pass over b.</summary>
    public static (double Dot, double Square) DotAndSquare64(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b[..a.Length]);
        var (d0, d1, d2, d3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var (s0, s1, s2, s3) = (d0, d1, d2, d3);
        nuint i = 0;
        var (width, end) = ((nuint)Vector<float>.Count, (nuint)a.Length);
        for (; i + 2 * width <= end; i += 2 * width)
        {
            Vector.Widen(Vector.LoadUnsafe(ref pa, i), out var a0, out var a1);
            Vector.Widen(Vector.LoadUnsafe(ref pb, i), out var b0, out var b1);
            Vector.Widen(Vector.LoadUnsafe(ref pa, i + width), out var a2, out var a3);
            Vector.Widen(Vector.LoadUnsafe(ref pb, i + width), out var b2, out var b3);
            (d0, s0) = (Vector.MultiplyAddEstimate(a0, b0, d0), Vector.MultiplyAddEstimate(b0, b0, s0));
            (d1, s1) = (Vector.MultiplyAddEstimate(a1, b1, d1), Vector.MultiplyAddEstimate(b1, b1, s1));
            (d2, s2) = (Vector.MultiplyAddEstimate(a2, b2, d2), Vector.MultiplyAddEstimate(b2, b2, s2));
            (d3, s3) = (Vector.MultiplyAddEstimate(a3, b3, d3), Vector.MultiplyAddEstimate(b3, b3, s3));
        }
        var (dot, square) = (Vector.Sum(d0 + d1 + (d2 + d3)), Vector.Sum(s0 + s1 + (s2 + s3)));
        for (; i < end; i++)
        {
            double value = Unsafe.Add(ref pb, i);
            dot += Unsafe.Add(ref pa, i) * value;
            square += value * value;
        }
        return (dot, square);
    }

    /// <summary>⟨a, b⟩ and ‖b‖² in float32, in one pass over b.</summary>
    public static (float Dot, float Square) DotAndSquare(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b[..a.Length]);
        var (d0, d1, d2, d3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (s0, s1, s2, s3) = (d0, d1, d2, d3);
        nuint i = 0;
        var (width, end) = ((nuint)Vector<float>.Count, (nuint)a.Length);
        for (; i + 4 * width <= end; i += 4 * width)
        {
            var (b0, b1) = (Vector.LoadUnsafe(ref pb, i), Vector.LoadUnsafe(ref pb, i + width));
            var (b2, b3) = (Vector.LoadUnsafe(ref pb, i + 2 * width), Vector.LoadUnsafe(ref pb, i + 3 * width));
            d0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref pa, i), b0, d0);
            d1 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref pa, i + width), b1, d1);
            d2 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref pa, i + 2 * width), b2, d2);
            d3 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref pa, i + 3 * width), b3, d3);
            s0 = Vector.MultiplyAddEstimate(b0, b0, s0);
            s1 = Vector.MultiplyAddEstimate(b1, b1, s1);
            s2 = Vector.MultiplyAddEstimate(b2, b2, s2);
            s3 = Vector.MultiplyAddEstimate(b3, b3, s3);
        }
        for (; i + width <= end; i += width)
        {
            var b0 = Vector.LoadUnsafe(ref pb, i);
            d0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref pa, i), b0, d0);
            s0 = Vector.MultiplyAddEstimate(b0, b0, s0);
        }
        var dot = Vector.Sum(d0 + d1 + (d2 + d3));
        var square = Vector.Sum(s0 + s1 + (s2 + s3));
        var (restDot, restSquare) = (0f, 0f);
        for (; i < end; i++)
        {
            var value = Unsafe.Add(ref pb, i);
            restDot += Unsafe.Add(ref pa, i) * value;
            restSquare += value * value;
        }
        return (dot + restDot, square + restSquare);
    }

    /// <summary>‖a − b‖² in float32.</summary>
    public static float Squares(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b[..a.Length]);
        var (s0, s1, s2, s3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        nuint i = 0;
        var (width, end) = ((nuint)Vector<float>.Count, (nuint)a.Length);
        for (; i + 4 * width <= end; i += 4 * width)
        {
            var (e0, e1) = (Difference(ref pa, ref pb, i), Difference(ref pa, ref pb, i + width));
            var (e2, e3) = (Difference(ref pa, ref pb, i + 2 * width), Difference(ref pa, ref pb, i + 3 * width));
            s0 = Vector.MultiplyAddEstimate(e0, e0, s0);
            s1 = Vector.MultiplyAddEstimate(e1, e1, s1);
            s2 = Vector.MultiplyAddEstimate(e2, e2, s2);
            s3 = Vector.MultiplyAddEstimate(e3, e3, s3);
        }
        for (; i + width <= end; i += width)
        {
            var e0 = Difference(ref pa, ref pb, i);
            s0 = Vector.MultiplyAddEstimate(e0, e0, s0);
        }
        var sum = Vector.Sum(s0 + s1 + (s2 + s3));
        var rest = 0f;
        for (; i < end; i++)
        {
            var e = Unsafe.Add(ref pa, i) - Unsafe.Add(ref pb, i);
            rest += e * e;
        }
        return sum + rest;
    }

    private static Vector<float> Difference(ref float a, ref float b, nuint i) => Vector.LoadUnsafe(ref a, i) - Vector.LoadUnsafe(ref b, i);

    private interface ITerm
    {
        static abstract Vector<double> Add(Vector<double> a, Vector<double> b, Vector<double> sum);
        static abstract double Of(double a, double b);
    }

    private struct Product : ITerm
    {
        public static Vector<double> Add(Vector<double> a, Vector<double> b, Vector<double> sum) => Vector.MultiplyAddEstimate(a, b, sum);

        public static double Of(double a, double b) => a * b;
    }

    private struct SquaredDifference : ITerm
    {
        public static Vector<double> Add(Vector<double> a, Vector<double> b, Vector<double> sum)
        {
            var e = a - b;
            return Vector.MultiplyAddEstimate(e, e, sum);
        }

        public static double Of(double a, double b) => (a - b) * (a - b);
    }

    private static double Sum64<TTerm>(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        where TTerm : struct, ITerm
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b[..a.Length]);
        var (s0, s1, s2, s3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        nuint i = 0;
        var (width, end) = ((nuint)Vector<float>.Count, (nuint)a.Length);
        for (; i + 2 * width <= end; i += 2 * width)
        {
            Vector.Widen(Vector.LoadUnsafe(ref pa, i), out var a0, out var a1);
            Vector.Widen(Vector.LoadUnsafe(ref pb, i), out var b0, out var b1);
            Vector.Widen(Vector.LoadUnsafe(ref pa, i + width), out var a2, out var a3);
            Vector.Widen(Vector.LoadUnsafe(ref pb, i + width), out var b2, out var b3);
            (s0, s1) = (TTerm.Add(a0, b0, s0), TTerm.Add(a1, b1, s1));
            (s2, s3) = (TTerm.Add(a2, b2, s2), TTerm.Add(a3, b3, s3));
        }
        var sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < end; i++)
            sum += TTerm.Of(Unsafe.Add(ref pa, i), Unsafe.Add(ref pb, i));
        return sum;
    }
}
