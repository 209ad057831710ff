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
            sum0 += Avx512BW.MultiplyAddAdjacent(Widen(r0 + i), q);
            sum1 += Avx512BW.MultiplyAddAdjacent(Widen(r1 + i), q);
            sum2 += Avx512BW.MultiplyAddAdjacent(Widen(r2 + i), q);
            sum3 += Avx512BW.MultiplyAddAdjacent(Widen(r3 + i), q);
        }
        var sums = FourTerms.Sums(Fold(sum0), Fold(sum1), Fold(sum2), Fold(sum3));
        FourTerms.Finish(sums, r0, r1, r2, r3, terms).Store(into);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Widen(byte* codes) => Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)codes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fold(Vector512<int> sum) => sum.GetLower() + sum.GetUpper();
}
