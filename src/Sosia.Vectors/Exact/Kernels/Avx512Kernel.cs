using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Vectors.Exact;

/// <summary>AVX-512: as <see cref="Avx2Kernel"/>, 32 codes at a time. A record is whole cache lines, so there is no rest.</summary>
internal unsafe struct Avx512Kernel : IScanKernel
{
    public static bool IsSupported => Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bound(byte* r0, byte* r1, byte* r2, byte* r3, in ScanTerms terms, float* into)
    {
        var (sum0, sum1, sum2, sum3) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
        var query = terms.Codes;
        for (nint i = 0, end = terms.Layout.Bytes; i < end; i += 32)
        {
            var q = Vector512.LoadAligned(query + i);
            sum0 = Add(sum0, Widen(r0 + i), q);
            sum1 = Add(sum1, Widen(r1 + i), q);
            sum2 = Add(sum2, Widen(r2 + i), q);
            sum3 = Add(sum3, Widen(r3 + i), q);
        }
        FourTerms.Finish(Sums(sum0, sum1, sum2, sum3), r0, r1, r2, r3, terms).Store(into);
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
        var (a0, a1, a2, a3) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
        var (b0, b1, b2, b3) = (a0, a0, a0, a0);
        for (nint i = 0, end = one.Layout.Bytes; i < end; i += 32)
        {
            var (p, q) = (Vector512.LoadAligned(one.Codes + i), Vector512.LoadAligned(other.Codes + i));
            var row = Widen(r0 + i);
            (a0, b0) = (Add(a0, row, p), Add(b0, row, q));
            row = Widen(r1 + i);
            (a1, b1) = (Add(a1, row, p), Add(b1, row, q));
            row = Widen(r2 + i);
            (a2, b2) = (Add(a2, row, p), Add(b2, row, q));
            row = Widen(r3 + i);
            (a3, b3) = (Add(a3, row, p), Add(b3, row, q));
        }
        FourTerms.Finish(Sums(a0, a1, a2, a3), r0, r1, r2, r3, one).Store(intoOne);
        FourTerms.Finish(Sums(b0, b1, b2, b3), r0, r1, r2, r3, other).Store(intoOther);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Add(Vector512<int> sum, Vector512<short> row, Vector512<short> query) =>
        sum + Avx512BW.MultiplyAddAdjacent(row, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sums(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) =>
        FourTerms.Sums(Fold(a), Fold(b), Fold(c), Fold(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Widen(byte* codes) => Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)codes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fold(Vector512<int> sum) => sum.GetLower() + sum.GetUpper();
}
