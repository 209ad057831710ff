using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Vectors.Exact;

/// <summary>AVX2: vpmovsxbw and vpmaddwd.</summary>
internal unsafe struct Avx2Lanes : ILanes<Vector256<int>, Vector256<short>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Width => Vector256<short>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Widen(byte* codes) => Avx2.ConvertToVector256Int16((sbyte*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Load(short* query) => Vector256.LoadAligned(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<short> row, Vector256<short> query) =>
        sum + Avx2.MultiplyAddAdjacent(row, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var all = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return all.GetLower() + all.GetUpper();
    }
}

/// <summary>AVX-VNNI: as AVX2, with product and addition of int16 pairs in one instruction (vpdpwssd, without saturation).</summary>
internal unsafe struct VnniLanes : ILanes<Vector256<int>, Vector256<short>>
{
    public static bool IsSupported => AvxVnni.IsSupported;

    public static int Width => Avx2Lanes.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Widen(byte* codes) => Avx2Lanes.Widen(codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Load(short* query) => Avx2Lanes.Load(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<short> row, Vector256<short> query) =>
        AvxVnni.MultiplyWideningAndAdd(sum, row, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d) => Avx2Lanes.Sums(a, b, c, d);
}

/// <summary>AVX-512: as AVX2, twice as wide.</summary>
internal unsafe struct Avx512Lanes : ILanes<Vector512<int>, Vector512<short>>
{
    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Width => Vector512<short>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Widen(byte* codes) => Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)codes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Load(short* query) => Vector512.LoadAligned(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<short> row, Vector512<short> query) =>
        sum + Avx512BW.MultiplyAddAdjacent(row, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) =>
        Avx2Lanes.Sums(Fold(a), Fold(b), Fold(c), Fold(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fold(Vector512<int> sum) => sum.GetLower() + sum.GetUpper();
}
