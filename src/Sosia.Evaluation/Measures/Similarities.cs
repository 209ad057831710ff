using System.Numerics;

namespace Sosia.Evaluation.Measures;

/// <summary>Scores of some rows with all rows, in blocks: the whole table of 13,233 × 13,233 is never in memory.</summary>
public static class Similarities
{
    private const int Block = 48;

    /// <summary>Hands the scores of every query with all rows to a consumer; several threads at once, a block of queries each.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="queries">Row numbers of the queries.</param>
    /// <param name="take">Given a query and its scores, count floats; called once for each query, in no order.</param>
    public static void ForEach(LabelledRows rows, IReadOnlyList<int> queries, Action<int, float[]> take)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var blocks = (queries.Count + Block - 1) / Block;
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => Enumerable.Range(0, Block).Select(_ => new float[rows.Count]).ToArray(),
            (block, _, scores) =>
            {
                var here = queries.Skip(block * Block).Take(Block).ToArray();
                Products(rows, here, scores);
                for (var i = 0; i < here.Length; i++) take(here[i], scores[i]);
                return scores;
            },
            static _ => { });
    }

    /// <summary>Four queries by three rows at a time: twelve sums stay in registers, and every number loaded is used three or four times.</summary>
    private static void Products(LabelledRows rows, int[] queries, float[][] into)
    {
        for (var row = 0; row < rows.Count; row += 3)
        for (var query = 0; query < queries.Length; query += 4)
        {
            if (row + 3 <= rows.Count && query + 4 <= queries.Length)
            {
                FourByThree(rows, queries.AsSpan(query, 4), row, into.AsSpan(query, 4));
                continue;
            }
            for (var i = query; i < Math.Min(query + 4, queries.Length); i++)
            for (var j = row; j < Math.Min(row + 3, rows.Count); j++)
                into[i][j] = Dot(rows.Row(queries[i]), rows.Row(j));
        }
    }

    private static void FourByThree(LabelledRows rows, ReadOnlySpan<int> queries, int row, ReadOnlySpan<float[]> into)
    {
        ReadOnlySpan<float> q0 = rows.Row(queries[0]), q1 = rows.Row(queries[1]), q2 = rows.Row(queries[2]), q3 = rows.Row(queries[3]);
        ReadOnlySpan<float> r0 = rows.Row(row), r1 = rows.Row(row + 1), r2 = rows.Row(row + 2);
        Vector<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        var d = 0;
        for (; d <= rows.Dimensions - Vector<float>.Count; d += Vector<float>.Count)
        {
            var (b0, b1, b2) = (new Vector<float>(r0[d..]), new Vector<float>(r1[d..]), new Vector<float>(r2[d..]));
            var a = new Vector<float>(q0[d..]);
            (s00, s01, s02) = (Vector.FusedMultiplyAdd(a, b0, s00), Vector.FusedMultiplyAdd(a, b1, s01), Vector.FusedMultiplyAdd(a, b2, s02));
            a = new Vector<float>(q1[d..]);
            (s10, s11, s12) = (Vector.FusedMultiplyAdd(a, b0, s10), Vector.FusedMultiplyAdd(a, b1, s11), Vector.FusedMultiplyAdd(a, b2, s12));
            a = new Vector<float>(q2[d..]);
            (s20, s21, s22) = (Vector.FusedMultiplyAdd(a, b0, s20), Vector.FusedMultiplyAdd(a, b1, s21), Vector.FusedMultiplyAdd(a, b2, s22));
            a = new Vector<float>(q3[d..]);
            (s30, s31, s32) = (Vector.FusedMultiplyAdd(a, b0, s30), Vector.FusedMultiplyAdd(a, b1, s31), Vector.FusedMultiplyAdd(a, b2, s32));
        }
        Keep(into[0], row, Vector.Sum(s00), Vector.Sum(s01), Vector.Sum(s02));
        Keep(into[1], row, Vector.Sum(s10), Vector.Sum(s11), Vector.Sum(s12));
        Keep(into[2], row, Vector.Sum(s20), Vector.Sum(s21), Vector.Sum(s22));
        Keep(into[3], row, Vector.Sum(s30), Vector.Sum(s31), Vector.Sum(s32));
        if (d == rows.Dimensions) return;
        for (var i = 0; i < 4; i++)
        for (var j = 0; j < 3; j++)
            into[i][row + j] += Dot(rows.Row(queries[i])[d..], rows.Row(row + j)[d..]);
    }

    private static void Keep(float[] into, int row, float first, float second, float third) => (into[row], into[row + 1], into[row + 2]) = (first, second, third);

    /// <summary>The scalar twin, also used for what is left over at the edges.</summary>
    internal static float Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0f;
        for (var i = 0; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }
}
