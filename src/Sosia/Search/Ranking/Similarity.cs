using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sosia.Search.Ranking;

/// <summary>The score of two rows of unit length, computed in one order everywhere, so that equal rows get equal scores.</summary>
internal static class Similarity
{
    /// <summary>Four sums side by side, so that an addition need not wait for the one before; the rest one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var wide = Vector<float>.Count;
        var i = 0;
        for (; i <= one.Length - 4 * wide; i += 4 * wide)
        {
            a += new Vector<float>(one[i..]) * new Vector<float>(other[i..]);
            b += new Vector<float>(one[(i + wide)..]) * new Vector<float>(other[(i + wide)..]);
            c += new Vector<float>(one[(i + 2 * wide)..]) * new Vector<float>(other[(i + 2 * wide)..]);
            d += new Vector<float>(one[(i + 3 * wide)..]) * new Vector<float>(other[(i + 3 * wide)..]);
        }
        var sum = Vector.Sum(a + b + (c + d));
        for (; i < one.Length; i++)
            sum += one[i] * other[i];
        return sum;
    }
}
