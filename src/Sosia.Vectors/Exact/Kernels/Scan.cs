using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Avx2Kernel = Sosia.Vectors.Exact.WideKernel<
    Sosia.Vectors.Exact.Avx2Lanes,
    System.Runtime.Intrinsics.Vector256<int>,
    System.Runtime.Intrinsics.Vector256<short>
>;
using Avx512Kernel = Sosia.Vectors.Exact.WideKernel<
    Sosia.Vectors.Exact.Avx512Lanes,
    System.Runtime.Intrinsics.Vector512<int>,
    System.Runtime.Intrinsics.Vector512<short>
>;
using VnniKernel = Sosia.Vectors.Exact.WideKernel<
    Sosia.Vectors.Exact.VnniLanes,
    System.Runtime.Intrinsics.Vector256<int>,
    System.Runtime.Intrinsics.Vector256<short>
>;

namespace Sosia.Vectors.Exact;

/// <summary>Bounds the scores of many rows with the best kernel that the processor has.</summary>
internal static unsafe class Scan
{
    private const int Ahead = 16;
    private const int BytesAhead = 4096;
    private const int LongestFetched = 4096;

    /// <summary>The kernel in use, as reports name it.</summary>
    public static string Kernel =>
        Avx512Lanes.IsSupported ? "avx512"
        : VnniLanes.IsSupported ? "avx-vnni"
        : Avx2Lanes.IsSupported ? "avx2"
        : "plain";

    /// <summary>Consecutive rows.</summary>
    /// <param name="records">The first.</param>
    /// <param name="count">Bounds wanted, a multiple of 4.</param>
    /// <param name="terms">Of the query.</param>
    /// <param name="into">The bounds.</param>
    public static void Consecutive(byte* records, int count, in ScanTerms terms, float* into)
    {
        if (Avx512Lanes.IsSupported)
            Consecutive<Avx512Kernel>(records, count, terms, into);
        else if (VnniLanes.IsSupported)
            Consecutive<VnniKernel>(records, count, terms, into);
        else if (Avx2Lanes.IsSupported)
            Consecutive<Avx2Kernel>(records, count, terms, into);
        else
            Consecutive<PlainKernel>(records, count, terms, into);
    }

    /// <summary>Consecutive rows that are in the cache, for two queries.</summary>
    /// <param name="records">The first.</param>
    /// <param name="count">Bounds wanted, a multiple of 4.</param>
    /// <param name="terms">Of the queries.</param>
    /// <param name="intoOne">The bounds of one.</param>
    /// <param name="intoOther">Of the other one.</param>
    public static void ConsecutiveTwo(byte* records, int count, in TwoTerms terms, float* intoOne, float* intoOther)
    {
        if (Avx512Lanes.IsSupported)
            ConsecutiveTwo<Avx512Kernel>(records, count, terms, intoOne, intoOther);
        else if (VnniLanes.IsSupported)
            ConsecutiveTwo<VnniKernel>(records, count, terms, intoOne, intoOther);
        else if (Avx2Lanes.IsSupported)
            ConsecutiveTwo<Avx2Kernel>(records, count, terms, intoOne, intoOther);
        else
            ConsecutiveTwo<PlainKernel>(records, count, terms, intoOne, intoOther);
    }

    /// <summary>Rows in any order; each is prefetched some rows ahead.</summary>
    /// <param name="records">Where each is.</param>
    /// <param name="count">Bounds wanted, a multiple of 4.</param>
    /// <param name="terms">Of the query.</param>
    /// <param name="into">The bounds.</param>
    public static void Scattered(byte** records, int count, in ScanTerms terms, float* into)
    {
        if (Avx512Lanes.IsSupported)
            Scattered<Avx512Kernel>(records, count, terms, into);
        else if (VnniLanes.IsSupported)
            Scattered<VnniKernel>(records, count, terms, into);
        else if (Avx2Lanes.IsSupported)
            Scattered<Avx2Kernel>(records, count, terms, into);
        else
            Scattered<PlainKernel>(records, count, terms, into);
    }

    // Optimised from the first call: a search from the shell scans once, before the runtime would get to it.
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Consecutive<TKernel>(byte* records, int count, in ScanTerms terms, float* into)
        where TKernel : struct, IScanKernel
    {
        var stride = (nint)terms.Layout.Bytes;
        var own = terms; // so that the kernel's stores can't be thought to change it
        // Four rows at once are four short streams, which the processor prefetches late; long rows it prefetches in time.
        var (four, ahead) = (4 * stride, stride <= LongestFetched && Sse.IsSupported ? Math.Max(4 * stride, BytesAhead) : 0);
        for (var i = 0; i < count; i += 4, records += four)
        {
            if (ahead > 0)
                for (nint line = 0; line < four; line += RecordLayout.Line)
                    Sse.Prefetch0(records + ahead + line);
            TKernel.Bound(records, records + stride, records + 2 * stride, records + 3 * stride, own, into + i);
        }
    }

    // Optimised from the first call: a search from the shell scans once, before the runtime would get to it.
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConsecutiveTwo<TKernel>(byte* records, int count, in TwoTerms terms, float* intoOne, float* intoOther)
        where TKernel : struct, IScanKernel
    {
        var stride = (nint)terms.One.Layout.Bytes;
        var own = terms;
        for (var i = 0; i < count; i += 4, records += 4 * stride)
            TKernel.BoundTwo(records, records + stride, records + 2 * stride, records + 3 * stride, own, intoOne + i, intoOther + i);
    }

    // Optimised from the first call: a search from the shell scans once, before the runtime would get to it.
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scattered<TKernel>(byte** records, int count, in ScanTerms terms, float* into)
        where TKernel : struct, IScanKernel
    {
        var own = terms;
        for (var i = 0; i < count; i += 4)
        {
            if (Sse.IsSupported)
                for (var next = i + Ahead; next < Math.Min(count, i + Ahead + 4); next++)
                for (var line = 0; line < own.Layout.Bytes; line += RecordLayout.Line)
                    Sse.Prefetch0(records[next] + line);
            TKernel.Bound(records[i], records[i + 1], records[i + 2], records[i + 3], own, into + i);
        }
    }
}
