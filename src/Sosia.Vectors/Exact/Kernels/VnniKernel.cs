using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Vectors.Exact;

/// <summary>AVX-VNNI: product and addition of int16 pairs in one instruction (vpdpwssd, without saturation).</summary>
internal unsafe struct VnniKernel : IScanKernel
{
    public static bool IsSupported => AvxVnni.IsSupported;

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
        AvxVnni.MultiplyWideningAndAdd(sum, row, query);
}
