using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia.Vectors.Files;

/// <summary>
/// Values of other types as floats. Each is rounded to the nearest float; one beyond float's range becomes infinite, which search refuses.
/// </summary>
internal static class NpyConvert
{
    /// <summary>Converts whole values.</summary>
    /// <param name="from">The bytes of a file, at any alignment.</param>
    /// <param name="type">What they are; no text.</param>
    /// <param name="into">As many floats as there are values.</param>
    public static void ToFloats(ReadOnlySpan<byte> from, NpyType type, Span<float> into)
    {
        switch (type)
        {
            case NpyType.Float32:
                from.CopyTo(MemoryMarshal.AsBytes(into));
                break;
            case NpyType.Float64:
                FromDoubles(MemoryMarshal.Cast<byte, double>(from), into);
                break;
            case NpyType.Float16:
                FromHalves(MemoryMarshal.Cast<byte, ushort>(from), into);
                break;
            case NpyType.Int8:
                FromBytes(MemoryMarshal.Cast<byte, sbyte>(from), into);
                break;
            case NpyType.UInt8:
                FromBytes(from, into);
                break;
            case NpyType.Int64:
                FromIntegers(MemoryMarshal.Cast<byte, long>(from), into);
                break;
            default:
                throw new NotSupportedException("Text has no value as a float.");
        }
    }

    private static void FromDoubles(ReadOnlySpan<double> from, Span<float> into)
    {
        var i = 0;
        for (; i <= into.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Narrow(new Vector<double>(from[i..]), new Vector<double>(from[(i + Vector<double>.Count)..])).CopyTo(into[i..]);
        for (; i < into.Length; i++)
            into[i] = (float)from[i];
    }

    private static void FromHalves(ReadOnlySpan<ushort> from, Span<float> into)
    {
        var i = 0;
        for (; i <= into.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(from[i..]), out var low, out var high);
            HalvesToFloats(low).CopyTo(into[i..]);
            HalvesToFloats(high).CopyTo(into[(i + Vector<float>.Count)..]);
        }
        for (; i < into.Length; i++)
            into[i] = (float)BitConverter.UInt16BitsToHalf(from[i]);
    }

    /// <summary>
    /// Exponent and fraction of a half, moved to where a float has them, are the half's value times 2⁻¹¹²; the product with 2¹¹² is
    /// exact, for subnormal halves too. The largest exponent means infinite or not a number in both: it is put back by hand.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> HalvesToFloats(Vector<uint> half)
    {
        var magnitude = (half & new Vector<uint>(0x7fff)) << 13;
        var scaled = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * new Vector<float>(5.192296858534828e33f));
        var special = Vector.GreaterThanOrEqual(half & new Vector<uint>(0x7fff), new Vector<uint>(0x7c00));
        var value = Vector.ConditionalSelect(special, magnitude | new Vector<uint>(0x7f800000), scaled);
        return Vector.AsVectorSingle(value | ((half & new Vector<uint>(0x8000)) << 16));
    }

    private static void FromBytes(ReadOnlySpan<sbyte> from, Span<float> into)
    {
        for (var i = 0; i < into.Length; i++)
            into[i] = from[i];
    }

    private static void FromBytes(ReadOnlySpan<byte> from, Span<float> into)
    {
        for (var i = 0; i < into.Length; i++)
            into[i] = from[i];
    }

    private static void FromIntegers(ReadOnlySpan<long> from, Span<float> into)
    {
        for (var i = 0; i < into.Length; i++)
            into[i] = from[i];
    }
}
