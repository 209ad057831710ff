using System.Numerics;

namespace Sosia.Vectors.Exact;

/// <summary>For every processor: Vector&lt;T&gt;, whatever its width. Also the scalar twin that the others are tested against.</summary>
internal unsafe struct PlainKernel : IScanKernel
{
    public static void Bound(byte* r0, byte* r1, byte* r2, byte* r3, in ScanTerms terms, float* into)
    {
        into[0] = Finish(r0, Product((sbyte*)r0, terms.Codes, terms.Layout.Bytes), terms);
        into[1] = Finish(r1, Product((sbyte*)r1, terms.Codes, terms.Layout.Bytes), terms);
        into[2] = Finish(r2, Product((sbyte*)r2, terms.Codes, terms.Layout.Bytes), terms);
        into[3] = Finish(r3, Product((sbyte*)r3, terms.Codes, terms.Layout.Bytes), terms);
    }

    public static void BoundTwo(byte* r0, byte* r1, byte* r2, byte* r3, in TwoTerms terms, float* intoOne, float* intoOther)
    {
        Bound(r0, r1, r2, r3, terms.One, intoOne);
        Bound(r0, r1, r2, r3, terms.Other, intoOther);
    }

    /// <summary>⟨codes, query⟩, one by one.</summary>
    public static int ScalarProduct(sbyte* codes, short* query, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++)
            sum += codes[i] * query[i];
        return sum;
    }

    /// <summary>The bound that follows from the product.</summary>
    public static float Finish(byte* record, int product, in ScanTerms terms)
    {
        var own = (ushort*)(record + terms.Layout.Terms);
        var bound =
            product * (terms.ProductScale * Upper(own[0])) + Upper(own[1]) * terms.Tail + Upper(own[2]) * terms.Head + terms.Constant;
        return terms.Layout.HasHalf ? bound - *(float*)(record + terms.Layout.Half) : bound;
    }

    /// <summary>⟨codes, query⟩, a vector at a time; the count is a multiple of 64, and so of every vector's width.</summary>
    public static int Product(sbyte* codes, short* query, int count)
    {
        if (Vector<sbyte>.Count > RecordLayout.Line)
            return ScalarProduct(codes, query, count);
        var (sum0, sum1) = (Vector<int>.Zero, Vector<int>.Zero);
        for (var i = 0; i < count; i += Vector<sbyte>.Count)
        {
            Vector.Widen(Vector.Load(codes + i), out var low, out var high);
            Add(low, Vector.Load(query + i), ref sum0, ref sum1);
            Add(high, Vector.Load(query + i + Vector<short>.Count), ref sum0, ref sum1);
        }
        return Vector.Sum(sum0 + sum1);
    }

    private static void Add(Vector<short> codes, Vector<short> query, ref Vector<int> sum0, ref Vector<int> sum1)
    {
        Vector.Widen(codes, out var c0, out var c1);
        Vector.Widen(query, out var q0, out var q1);
        sum0 += c0 * q0;
        sum1 += c1 * q1;
    }

    private static float Upper(ushort half) => BitConverter.UInt32BitsToSingle((uint)half << 16);
}
