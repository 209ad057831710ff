using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Vectors.Exact;

/// <summary>The vectors of a processor: codes are widened to int16 and multiplied in pairs into int32.</summary>
/// <typeparam name="TSum">A vector of int32; the default is zero.</typeparam>
/// <typeparam name="TCodes">A vector of int16.</typeparam>
internal unsafe interface ILanes<TSum, TCodes>
    where TSum : struct
    where TCodes : struct
{
    /// <summary>Codes of a vector; a record is whole cache lines, so there is no rest.</summary>
    static abstract int Width { get; }

    /// <summary>Codes of a record.</summary>
    static abstract TCodes Widen(byte* codes);

    /// <summary>Codes of a query, which lie on a vector's boundary.</summary>
    static abstract TCodes Load(short* query);

    /// <summary>Adds the products of pairs. Nothing saturates: a pair is at most 2·128·32767 &lt; 2³¹.</summary>
    static abstract TSum Add(TSum sum, TCodes row, TCodes query);

    /// <summary>Each vector's lanes added up.</summary>
    static abstract Vector128<int> Sums(TSum a, TSum b, TSum c, TSum d);
}

/// <summary>Four rows at a time, by vectors of any width. The query keeps 16 bits: its rounding all but disappears from the
/// bound.</summary>
internal unsafe struct WideKernel<TLanes, TSum, TCodes> : IScanKernel
    where TLanes : struct, ILanes<TSum, TCodes>
    where TSum : struct
    where TCodes : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bound(byte* r0, byte* r1, byte* r2, byte* r3, in ScanTerms terms, float* into)
    {
        TSum a0 = default,
            a1 = default,
            a2 = default,
            a3 = default;
        var query = terms.Codes;
        for (nint i = 0, end = terms.Layout.Bytes; i < end; i += TLanes.Width)
        {
            var q = TLanes.Load(query + i);
            a0 = TLanes.Add(a0, TLanes.Widen(r0 + i), q);
            a1 = TLanes.Add(a1, TLanes.Widen(r1 + i), q);
            a2 = TLanes.Add(a2, TLanes.Widen(r2 + i), q);
            a3 = TLanes.Add(a3, TLanes.Widen(r3 + i), q);
        }
        FourTerms.Finish(TLanes.Sums(a0, a1, a2, a3), r0, r1, r2, r3, terms).Store(into);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BoundTwo(byte* r0, byte* r1, byte* r2, byte* r3, in TwoTerms terms, float* intoOne, float* intoOther)
    {
        TSum a0 = default,
            a1 = default,
            a2 = default,
            a3 = default;
        TSum b0 = default,
            b1 = default,
            b2 = default,
            b3 = default;
        short* one = terms.One.Codes,
            other = terms.Other.Codes;
        for (nint i = 0, end = terms.One.Layout.Bytes; i < end; i += TLanes.Width)
        {
            var (p, q) = (TLanes.Load(one + i), TLanes.Load(other + i));
            var row = TLanes.Widen(r0 + i);
            (a0, b0) = (TLanes.Add(a0, row, p), TLanes.Add(b0, row, q));
            row = TLanes.Widen(r1 + i);
            (a1, b1) = (TLanes.Add(a1, row, p), TLanes.Add(b1, row, q));
            row = TLanes.Widen(r2 + i);
            (a2, b2) = (TLanes.Add(a2, row, p), TLanes.Add(b2, row, q));
            row = TLanes.Widen(r3 + i);
            (a3, b3) = (TLanes.Add(a3, row, p), TLanes.Add(b3, row, q));
        }
        FourTerms.Finish(TLanes.Sums(a0, a1, a2, a3), r0, r1, r2, r3, terms.One).Store(intoOne);
        FourTerms.Finish(TLanes.Sums(b0, b1, b2, b3), r0, r1, r2, r3, terms.Other).Store(intoOther);
    }
}

/// <summary>The end of the AVX kernels: four sums and four rows' terms become four bounds.</summary>
internal static unsafe class FourTerms
{
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
