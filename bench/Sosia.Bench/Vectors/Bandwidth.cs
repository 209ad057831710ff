using System.Numerics;
using System.Runtime.InteropServices;
using Sosia.Vectors;

namespace Sosia.Bench.Vectors;

/// <summary>How fast one thread reads the rows when it does nothing with them but add: what no scan can beat.</summary>
internal static class Bandwidth
{
    private static float _sink;

    public static void Read(IRowReader rows)
    {
        var (s0, s1, s2, s3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var row = 0; row < rows.Count; row++)
        {
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(rows.Row(row));
            for (var i = 0; i + 4 <= vectors.Length; i += 4)
            {
                s0 += vectors[i];
                s1 += vectors[i + 1];
                s2 += vectors[i + 2];
                s3 += vectors[i + 3];
            }
        }
        _sink = Vector.Sum(s0 + s1 + s2 + s3);
    }
}
