using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Vectors.Exact;

/// <summary>
/// AVX2: codes are widened to int16 and multiplied in pairs into int32. A pair is at most 2·128·32767 &lt; 2³¹, so nothing saturates,
/// and the query keeps 16 bits: its rounding all but disappears from the bound.
/// </summary>
internal unsafe struct Avx2Kernel : IScanKernel
{
    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bound(byte* r0, byte* r1, byte* r2, byte* r3, in ScanTerms terms, float* into)
    {
        var (sum0, sum1, sum2, sum3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        var query = terms.Codes;
        for (nint i = 0, end = terms.Layout.Bytes; i < end; i += 16)
        {
            var q = Vector256.LoadAligned(query + i);
            sum0 = Add(sum0, Widen(r0 + i), q);
            sum1 = Add(sum1, Widen(r1 + i), q);
            sum2 = Add(sum2, Widen(r2 + i), q);
            sum3 = Add(sum3, Widen(r3 + i), q);
        }
        FourTerms.Finish(FourTerms.Sums(sum0, sum1, sum2, sum3), r0, r1, r2, r3, terms).Store(into);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BoundTwo(
        byte* r0,
        byte* r1,
        byte* r2,
        byte* r3,
        in ScanTerms one,
        in ScanTerms other,
        float* intoOne,
        float* intoOther
    )
    {
        var (a0, a1, a2, a3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        var (b0, b1, b2, b3) = (a0, a0, a0, a0);
        for (nint i = 0, end = one.Layout.Bytes; i < end; i += 16)
        {
            var (p, q) = (Vector256.LoadAligned(one.Codes + i), Vector256.LoadAligned(other.Codes + i));
            var row = Widen(r0 + i);
            (a0, b0) = (Add(a0, row, p), Add(b0, row, q));
            row = Widen(r1 + i);
            (a1, b1) = (Add(a1, row, p), Add(b1, row, q));
            row = Widen(r2 + i);
            (a2, b2) = (Add(a2, row, p), Add(b2, row, q));
            row = Widen(r3 + i);
            (a3, b3) = (Add(a3, row, p), Add(b3, row, q));
        }
        FourTerms.Finish(FourTerms.Sums(a0, a1, a2, a3), r0, r1, r2, r3, one).Store(intoOne);
        FourTerms.Finish(FourTerms.Sums(b0, b1, b2, b3), r0, r1, r2, r3, other).Store(intoOther);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Widen(byte* codes) => Avx2.ConvertToVector256Int16((sbyte*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sum, Vector256<short> row, Vector256<short> query) =>
        sum + Avx2.MultiplyAddAdjacent(row, query);
}

/// <summary>The end of the AVX kernels: four sums and four rows' terms become four bounds.</summary>
internal static unsafe class FourTerms
{
    /// <summary>Each vector's eight lanes added up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var all = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return all.GetLower() + all.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Finish(Vector128<int> products, byte* r0, byte* r1, byte* r2, byte* r3, in ScanTerms terms)
    {
        var at = terms.Layout.Terms;
        var first = Sse2.UnpackLow(Load(r0 + at), Load(r1 + at)); // s0 s1 t0 t1 e0 e1
        var second = Sse2.UnpackLow(Load(r2 + at), Load(r3 + at));
        var scalesTails = Sse2.UnpackLow(first.AsInt32(), second.AsInt32()).AsInt16(); // s0 s1 s2 s3 t0 t1 t2 t3
        var errors = Sse2.UnpackHigh(first.AsInt32(), second.AsInt32()).AsInt16();
        var zero = Vector128<short>.Zero; // below the upper half of a float32 come zeros
        var scale = Sse2.UnpackLow(zero, scalesTails).AsSingle();
        var tail = Sse2.UnpackHigh(zero, scalesTails).AsSingle();
        var error = Sse2.UnpackLow(zero, errors).AsSingle();
        var bound =
            Sse2.ConvertToVector128Single(products) * (scale * terms.ProductScale)
            + tail * terms.Tail
            + error * terms.Head
            + Vector128.Create(terms.Constant);
        if (!terms.Layout.HasHalf)
            return bound;
        var half = terms.Layout.Half;
        return bound - Vector128.Create(*(float*)(r0 + half), *(float*)(r1 + half), *(float*)(r2 + half), *(float*)(r3 + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Load(byte* at) => Sse2.LoadScalarVector128((long*)at).AsInt16();
}
