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
            sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Avx2.ConvertToVector256Int16((sbyte*)(r0 + i)), q);
            sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Avx2.ConvertToVector256Int16((sbyte*)(r1 + i)), q);
            sum2 = AvxVnni.MultiplyWideningAndAdd(sum2, Avx2.ConvertToVector256Int16((sbyte*)(r2 + i)), q);
            sum3 = AvxVnni.MultiplyWideningAndAdd(sum3, Avx2.ConvertToVector256Int16((sbyte*)(r3 + i)), q);
        }
        FourTerms.Finish(FourTerms.Sums(sum0, sum1, sum2, sum3), r0, r1, r2, r3, terms).Store(into);
    }
}
