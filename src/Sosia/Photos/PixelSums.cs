using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Photos;

/// <summary>Weighted sums of rows of pixels.</summary>
internal static class PixelSums
{
    /// <summary>sums = bytes × weight, eight at a time.</summary>
    public static void Set(ReadOnlySpan<byte> bytes, float weight, Span<float> sums)
    {
        var i = 0;
        ref var sum = ref MemoryMarshal.GetReference(sums[..bytes.Length]);
        ref var first = ref MemoryMarshal.GetReference(bytes);
        for (; i <= bytes.Length - 8; i += 8)
            (Eight(ref Unsafe.Add(ref first, i)) * weight).StoreUnsafe(ref sum, (nuint)i);
        for (; i < bytes.Length; i++)
            sums[i] = bytes[i] * weight;
    }

    /// <summary>sums += bytes × weight, eight at a time.</summary>
    public static void Add(ReadOnlySpan<byte> bytes, float weight, Span<float> sums)
    {
        var i = 0;
        ref var sum = ref MemoryMarshal.GetReference(sums[..bytes.Length]);
        ref var first = ref MemoryMarshal.GetReference(bytes);
        for (; i <= bytes.Length - 8; i += 8)
            (Vector256.LoadUnsafe(ref sum, (nuint)i) + Eight(ref Unsafe.Add(ref first, i)) * weight).StoreUnsafe(ref sum, (nuint)i);
        for (; i < bytes.Length; i++)
            sums[i] += bytes[i] * weight;
    }

    /// <summary>Eight bytes as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Eight(ref byte bytes)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref bytes)).AsByte());
        return Vector256.ConvertToSingle(Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32());
    }
}
