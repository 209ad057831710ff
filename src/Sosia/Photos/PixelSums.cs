using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Photos;

/// <summary>Weighted sums of rows of pixels.</summary>
internal static class PixelSums
{
    /// <summary>sums += bytes × weight, sixteen at a time.</summary>
    public static void Add(ReadOnlySpan<byte> bytes, float weight, Span<float> sums)
    {
        var i = 0;
        ref var sum = ref MemoryMarshal.GetReference(sums[..bytes.Length]);
        for (; i <= bytes.Length - 16; i += 16)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(bytes.Slice(i, 16)));
            var (a, b) = Vector128.Widen(low);
            var (c, d) = Vector128.Widen(high);
            Add(a, weight, ref sum, (nuint)i);
            Add(b, weight, ref sum, (nuint)i + 4);
            Add(c, weight, ref sum, (nuint)i + 8);
            Add(d, weight, ref sum, (nuint)i + 12);
        }
        for (; i < bytes.Length; i++)
            sums[i] += bytes[i] * weight;
    }

    private static void Add(Vector128<uint> values, float weight, ref float sum, nuint at) =>
        (Vector128.LoadUnsafe(ref sum, at) + Vector128.ConvertToSingle(values.AsInt32()) * weight).StoreUnsafe(ref sum, at);
}
