using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Training.Kernels;

/// <summary>
/// The dense layer's outputs for a whole batch. The weights (2.5 GB with 5,749 classes) are read once, as they lie; rows are packed so that
/// 8 of them make a vector, and 6 classes × 16 rows, or 4 classes × 24, are summed in registers: 100 rows are one tile of 24 and five of
/// 16.
/// </summary>
internal static unsafe class DenseForward
{
    private const int Lanes = 8;
    private const int BlockFeatures = 256; // of 104 rows: 106 KB, which stay in the second-level cache while classes pass by
    private const int GroupClasses = 12; // whose block of weights, 12 KB, stays in the first-level cache while the tiles of rows pass by
    private const int MostClasses = 384; // a thread's share at a time

    /// <summary>scores = rows · weightsᵀ.</summary>
    /// <param name="weights">Classes × features.</param>
    /// <param name="shape">Of the weights.</param>
    /// <param name="rows">Count × features.</param>
    /// <param name="scores">Count × classes, written.</param>
    /// <param name="run">Rows, and threads to use; their number does not change a bit of the result.</param>
    public static void Run(float* weights, (int Classes, int Features) shape, float* rows, float* scores, (int Count, int Threads) run)
    {
        var tiles = Tiles(run.Count);
        var padded = tiles[^1].First + tiles[^1].Rows;
        using var packed = Pack(rows, shape.Features, tiles, run);
        var share = Math.Clamp((shape.Classes / (2 * run.Threads) + GroupClasses) / GroupClasses * GroupClasses, GroupClasses, MostClasses);
        Parallel.For(
            0,
            (shape.Classes + share - 1) / share,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            part =>
            {
                var first = part * share;
                var classes = Math.Min(share, shape.Classes - first);
                using var sums = new AlignedFloats(classes * padded);
                sums.Clear();
                for (var from = 0; from < shape.Features; from += BlockFeatures)
                    Block(
                        weights + (long)first * shape.Features + from,
                        shape.Features,
                        packed.At + (long)from * padded,
                        tiles,
                        (classes, Math.Min(BlockFeatures, shape.Features - from)),
                        sums.At
                    );
                for (var n = 0; n < run.Count; n++)
                for (var c = 0; c < classes; c++)
                    scores[(long)n * shape.Classes + first + c] = sums.At[c * padded + n];
            }
        );
    }

    /// <summary>Rows in tiles of 16; where vectors of 8 are odd in number, the first takes 24, so that little is padded.</summary>
    private static (int First, int Rows)[] Tiles(int count)
    {
        var vectors = Math.Max(2, (count + Lanes - 1) / Lanes);
        var odd = vectors % 2;
        return [.. Enumerable.Range(0, vectors / 2).Select(t => t == 0 ? (0, (2 + odd) * Lanes) : ((2 * t + odd) * Lanes, 2 * Lanes))];
    }

    /// <summary>Adds what one block of features gives to the sums: classes × padded rows.</summary>
    private static void Block(
        float* weights,
        int stride,
        float* panels,
        (int First, int Rows)[] tiles,
        (int Classes, int Features) size,
        float* sums
    )
    {
        var next = tiles[^1].First + tiles[^1].Rows;
        for (var group = 0; group < size.Classes; group += GroupClasses)
        {
            var end = Math.Min(group + GroupClasses, size.Classes);
            // the next group, or the next block of the first
            var following = end < size.Classes ? weights + (long)end * stride : weights + size.Features;
            for (var t = 0; t < tiles.Length; t++)
            {
                for (var r = t; r < GroupClasses; r += tiles.Length)
                    Prefetch(following + (long)r * stride, size.Features);
                var (first, rows) = tiles[t];
                var panel = panels + (long)first * size.Features;
                var (c, together) = (group, rows == 2 * Lanes ? 6 : 4);
                for (; c <= end - together; c += together)
                    if (together == 6)
                        SixBySixteen(weights + (long)c * stride, stride, panel, size.Features, sums + c * next + first, next);
                    else
                        FourByTwentyFour(weights + (long)c * stride, stride, panel, size.Features, sums + c * next + first, next);
                for (; c < end; c++)
                for (var lane = 0; lane < rows; lane += Lanes)
                    One(weights + (long)c * stride, panel + lane, (size.Features, rows), sums + c * next + first + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void SixBySixteen(float* w, long stride, float* rows, int features, float* sums, int next)
    {
        Vector256<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default;
        Vector256<float> d0 = default,
            d1 = default,
            e0 = default,
            e1 = default,
            f0 = default,
            f1 = default;
        float* w1 = w + stride,
            w2 = w1 + stride,
            w3 = w2 + stride,
            w4 = w3 + stride,
            w5 = w4 + stride;
        for (var i = 0; i < features; i++, rows += 2 * Lanes)
        {
            Vector256<float> x0 = Vector256.Load(rows),
                x1 = Vector256.Load(rows + 8);
            var v = Vector256.Create(w[i]);
            a0 = Vector256.FusedMultiplyAdd(v, x0, a0);
            a1 = Vector256.FusedMultiplyAdd(v, x1, a1);
            v = Vector256.Create(w1[i]);
            b0 = Vector256.FusedMultiplyAdd(v, x0, b0);
            b1 = Vector256.FusedMultiplyAdd(v, x1, b1);
            v = Vector256.Create(w2[i]);
            c0 = Vector256.FusedMultiplyAdd(v, x0, c0);
            c1 = Vector256.FusedMultiplyAdd(v, x1, c1);
            v = Vector256.Create(w3[i]);
            d0 = Vector256.FusedMultiplyAdd(v, x0, d0);
            d1 = Vector256.FusedMultiplyAdd(v, x1, d1);
            v = Vector256.Create(w4[i]);
            e0 = Vector256.FusedMultiplyAdd(v, x0, e0);
            e1 = Vector256.FusedMultiplyAdd(v, x1, e1);
            v = Vector256.Create(w5[i]);
            f0 = Vector256.FusedMultiplyAdd(v, x0, f0);
            f1 = Vector256.FusedMultiplyAdd(v, x1, f1);
        }
        Add(sums, a0, a1);
        Add(sums + next, b0, b1);
        Add(sums + 2 * next, c0, c1);
        Add(sums + 3 * next, d0, d1);
        Add(sums + 4 * next, e0, e1);
        Add(sums + 5 * next, f0, f1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void FourByTwentyFour(float* w, long stride, float* rows, int features, float* sums, int next)
    {
        Vector256<float> a0 = default,
            a1 = default,
            a2 = default,
            b0 = default,
            b1 = default,
            b2 = default;
        Vector256<float> c0 = default,
            c1 = default,
            c2 = default,
            d0 = default,
            d1 = default,
            d2 = default;
        float* w1 = w + stride,
            w2 = w1 + stride,
            w3 = w2 + stride;
        for (var i = 0; i < features; i++, rows += 3 * Lanes)
        {
            Vector256<float> x0 = Vector256.Load(rows),
                x1 = Vector256.Load(rows + 8),
                x2 = Vector256.Load(rows + 16);
            var v = Vector256.Create(w[i]);
            a0 = Vector256.FusedMultiplyAdd(v, x0, a0);
            a1 = Vector256.FusedMultiplyAdd(v, x1, a1);
            a2 = Vector256.FusedMultiplyAdd(v, x2, a2);
            v = Vector256.Create(w1[i]);
            b0 = Vector256.FusedMultiplyAdd(v, x0, b0);
            b1 = Vector256.FusedMultiplyAdd(v, x1, b1);
            b2 = Vector256.FusedMultiplyAdd(v, x2, b2);
            v = Vector256.Create(w2[i]);
            c0 = Vector256.FusedMultiplyAdd(v, x0, c0);
            c1 = Vector256.FusedMultiplyAdd(v, x1, c1);
            c2 = Vector256.FusedMultiplyAdd(v, x2, c2);
            v = Vector256.Create(w3[i]);
            d0 = Vector256.FusedMultiplyAdd(v, x0, d0);
            d1 = Vector256.FusedMultiplyAdd(v, x1, d1);
            d2 = Vector256.FusedMultiplyAdd(v, x2, d2);
        }
        Add(sums, a0, a1, a2);
        Add(sums + next, b0, b1, b2);
        Add(sums + 2 * next, c0, c1, c2);
        Add(sums + 3 * next, d0, d1, d2);
    }

    /// <summary>1 class × 8 rows: what is left when the classes are no multiple of 6 or 4.</summary>
    private static void One(float* w, float* rows, (int Features, int Stride) size, float* sums)
    {
        Vector256<float> sum = default;
        for (var i = 0; i < size.Features; i++, rows += size.Stride)
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(w[i]), Vector256.Load(rows), sum);
        (Vector256.Load(sums) + sum).Store(sums);
    }

    private static void Add(float* sums, Vector256<float> first, Vector256<float> second)
    {
        (Vector256.Load(sums) + first).Store(sums);
        (Vector256.Load(sums + 8) + second).Store(sums + 8);
    }

    private static void Add(float* sums, Vector256<float> first, Vector256<float> second, Vector256<float> third)
    {
        Add(sums, first, second);
        (Vector256.Load(sums + 16) + third).Store(sums + 16);
    }

    /// <summary>Asks for a row of the next classes. Beyond the weights' end a prefetch does nothing.</summary>
    private static void Prefetch(float* row, int features)
    {
        if (!Sse.IsSupported)
            return;
        for (var i = 0; i < features; i += 16)
            Sse.Prefetch1(row + i);
    }

    /// <summary>Block of features, tile of rows, feature, row; zero behind the last row.</summary>
    private static AlignedFloats Pack(float* rows, int features, (int First, int Rows)[] tiles, (int Count, int Threads) run)
    {
        var padded = tiles[^1].First + tiles[^1].Rows;
        var packed = new AlignedFloats((long)features * padded);
        var all = packed.At;
        Parallel.For(
            0,
            (features + BlockFeatures - 1) / BlockFeatures,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            block =>
            {
                var from = block * BlockFeatures;
                var width = Math.Min(BlockFeatures, features - from);
                foreach (var (first, together) in tiles)
                    for (var n = first; n < first + together; n++)
                    {
                        float* to = all + (long)from * padded + first * width + n - first,
                            row = rows + (long)n * features + from;
                        for (var i = 0; i < width; i++, to += together)
                            *to = n < run.Count ? row[i] : 0;
                    }
            }
        );
        return packed;
    }
}
