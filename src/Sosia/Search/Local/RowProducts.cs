using System.Numerics;

namespace Sosia.Search.Local;

/// <summary>Dot products of many queries with many rows: the numbers of a matrix product, made where they fit in cache.</summary>
internal static class RowProducts
{
    /// <summary>Fills a table of products.</summary>
    /// <param name="queries">Queries × dimensions floats.</param>
    /// <param name="rows">Rows × dimensions floats.</param>
    /// <param name="dimensions">Floats a row.</param>
    /// <param name="into">For each query an array that is written from <paramref name="at"/> on, one product a row.</param>
    /// <param name="at">Place of the first row's product.</param>
    /// <remarks>
    /// Four queries by three rows at a time: twelve sums stay in registers, and every number loaded is used three or four times.
    /// </remarks>
    public static void Fill(ReadOnlySpan<float> queries, ReadOnlySpan<float> rows, int dimensions, ReadOnlySpan<float[]> into, int at = 0)
    {
        var (count, last) = (queries.Length / dimensions, rows.Length / dimensions);
        for (var row = 0; row < last; row += 3)
        for (var query = 0; query < count; query += 4)
        {
            if (row + 3 <= last && query + 4 <= count)
            {
                FourByThree(
                    queries.Slice(query * dimensions, 4 * dimensions),
                    rows.Slice(row * dimensions, 3 * dimensions),
                    dimensions,
                    into.Slice(query, 4),
                    at + row
                );
                continue;
            }
            for (var i = query; i < Math.Min(query + 4, count); i++)
            for (var j = row; j < Math.Min(row + 3, last); j++)
                into[i][at + j] = Dot(queries.Slice(i * dimensions, dimensions), rows.Slice(j * dimensions, dimensions));
        }
    }

    /// <summary>The scalar twin, also used for what is left over at the edges.</summary>
    public static float Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0f;
        for (var i = 0; i < one.Length; i++)
            sum += one[i] * other[i];
        return sum;
    }

    private static void FourByThree(
        ReadOnlySpan<float> queries,
        ReadOnlySpan<float> rows,
        int dimensions,
        ReadOnlySpan<float[]> into,
        int at
    )
    {
        ReadOnlySpan<float> q0 = queries[..dimensions],
            q1 = queries.Slice(dimensions, dimensions),
            q2 = queries.Slice(2 * dimensions, dimensions),
            q3 = queries[(3 * dimensions)..];
        ReadOnlySpan<float> r0 = rows[..dimensions],
            r1 = rows.Slice(dimensions, dimensions),
            r2 = rows[(2 * dimensions)..];
        Vector<float> s00 = default,
            s01 = default,
            s02 = default,
            s10 = default,
            s11 = default,
            s12 = default;
        Vector<float> s20 = default,
            s21 = default,
            s22 = default,
            s30 = default,
            s31 = default,
            s32 = default;
        var d = 0;
        for (; d <= dimensions - Vector<float>.Count; d += Vector<float>.Count)
        {
            var (b0, b1, b2) = (new Vector<float>(r0[d..]), new Vector<float>(r1[d..]), new Vector<float>(r2[d..]));
            var a = new Vector<float>(q0[d..]);
            (s00, s01, s02) = (
                Vector.FusedMultiplyAdd(a, b0, s00),
                Vector.FusedMultiplyAdd(a, b1, s01),
                Vector.FusedMultiplyAdd(a, b2, s02)
            );
            a = new Vector<float>(q1[d..]);
            (s10, s11, s12) = (
                Vector.FusedMultiplyAdd(a, b0, s10),
                Vector.FusedMultiplyAdd(a, b1, s11),
                Vector.FusedMultiplyAdd(a, b2, s12)
            );
            a = new Vector<float>(q2[d..]);
            (s20, s21, s22) = (
                Vector.FusedMultiplyAdd(a, b0, s20),
                Vector.FusedMultiplyAdd(a, b1, s21),
                Vector.FusedMultiplyAdd(a, b2, s22)
            );
            a = new Vector<float>(q3[d..]);
            (s30, s31, s32) = (
                Vector.FusedMultiplyAdd(a, b0, s30),
                Vector.FusedMultiplyAdd(a, b1, s31),
                Vector.FusedMultiplyAdd(a, b2, s32)
            );
        }
        Keep(into[0], at, Vector.Sum(s00), Vector.Sum(s01), Vector.Sum(s02));
        Keep(into[1], at, Vector.Sum(s10), Vector.Sum(s11), Vector.Sum(s12));
        Keep(into[2], at, Vector.Sum(s20), Vector.Sum(s21), Vector.Sum(s22));
        Keep(into[3], at, Vector.Sum(s30), Vector.Sum(s31), Vector.Sum(s32));
        if (d == dimensions)
            return;
        for (var i = 0; i < 4; i++)
        for (var j = 0; j < 3; j++)
            into[i][at + j] += Dot(
                queries[(i * dimensions + d)..((i + 1) * dimensions)],
                rows[(j * dimensions + d)..((j + 1) * dimensions)]
            );
    }

    private static void Keep(float[] into, int at, float first, float second, float third) =>
        (into[at], into[at + 1], into[at + 2]) = (first, second, third);
}
