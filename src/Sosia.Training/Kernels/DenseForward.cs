using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Training.Kernels;

/// <summary>
/// The dense layer's outputs for a whole batch. The weights (2.5 GB with 5,749 classes) are read once, as they lie; rows are packed so that
/// 16 of them make two vectors, and 6 classes × 16 rows are summed in registers.
/// </summary>
internal static unsafe class DenseForward
{
    private const int TileClasses = 6;
    private const int TileRows = 16;
    private const int BlockFeatures = 256; // of 112 rows: 115 KB, which stay in the second-level cache while classes pass by
    private const int MostClasses = 384;   // a thread's share at a time

    /// <summary>scores = rows · weightsᵀ.</summary>
    /// <param name="weights">Classes × features.</param>
    /// <param name="shape">Of the weights.</param>
    /// <param name="rows">Count × features.</param>
    /// <param name="scores">Count × classes, written.</param>
    /// <param name="run">Rows, and threads to use; their number does not change a bit of the result.</param>
    public static void Run(float* weights, (int Classes, int Features) shape, float* rows, float* scores, (int Count, int Threads) run)
    {
        var tiles = (run.Count + TileRows - 1) / TileRows;
        var packed = Pack(rows, shape.Features, tiles, run);
        var share = Math.Clamp((shape.Classes / (2 * run.Threads) + TileClasses) / TileClasses * TileClasses, TileClasses, MostClasses);
        Parallel.For(0, (shape.Classes + share - 1) / share, new ParallelOptions { MaxDegreeOfParallelism = run.Threads }, part =>
        {
            var first = part * share;
            var classes = Math.Min(share, shape.Classes - first);
            var sums = new float[(classes + TileClasses) * tiles * TileRows];
            for (var from = 0; from < shape.Features; from += BlockFeatures)
                Block(weights + (long)first * shape.Features + from, shape.Features, packed.AsSpan(from * tiles * TileRows), (classes, tiles, Math.Min(BlockFeatures, shape.Features - from)), sums);
            for (var n = 0; n < run.Count; n++)
            for (var c = 0; c < classes; c++)
                scores[(long)n * shape.Classes + first + c] = sums[c * tiles * TileRows + n];
        });
    }

    /// <summary>Adds what one block of features gives to the sums: classes × (tiles · 16) rows.</summary>
    private static void Block(float* weights, int stride, ReadOnlySpan<float> packed, (int Classes, int Tiles, int Features) size, float[] sums)
    {
        fixed (float* rows = packed, to = sums)
        {
            for (var c = 0; c < size.Classes; c += TileClasses)
            {
                var classes = Math.Min(TileClasses, size.Classes - c);
                var from = weights + (long)c * stride;
                for (var t = 0; t < size.Tiles; t++)
                {
                    var panel = rows + t * size.Features * TileRows;
                    var at = to + (c * size.Tiles + t) * TileRows;
                    if (classes == TileClasses)
                    {
                        if (t < TileClasses) Prefetch(from + (long)(TileClasses + t) * stride, size.Features);
                        Tile(from, stride, panel, size.Features, at, size.Tiles * TileRows);
                    }
                    else
                        for (var r = 0; r < classes; r++) Row(from + (long)r * stride, panel, size.Features, at + r * size.Tiles * TileRows);
                }
            }
        }
    }

    /// <summary>6 classes × 16 rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void Tile(float* w, long stride, float* rows, int features, float* sums, int next)
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector256<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        float* w1 = w + stride, w2 = w1 + stride, w3 = w2 + stride, w4 = w3 + stride, w5 = w4 + stride;
        for (var i = 0; i < features; i++, rows += TileRows)
        {
            Vector256<float> x0 = Vector256.Load(rows), x1 = Vector256.Load(rows + 8);
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

    /// <summary>1 class × 16 rows: what is left when the classes are no multiple of 6.</summary>
    private static void Row(float* w, float* rows, int features, float* sums)
    {
        Vector256<float> a0 = default, a1 = default;
        for (var i = 0; i < features; i++, rows += TileRows)
        {
            var v = Vector256.Create(w[i]);
            a0 = Vector256.FusedMultiplyAdd(v, Vector256.Load(rows), a0);
            a1 = Vector256.FusedMultiplyAdd(v, Vector256.Load(rows + 8), a1);
        }
        Add(sums, a0, a1);
    }

    private static void Add(float* sums, Vector256<float> first, Vector256<float> second)
    {
        (Vector256.Load(sums) + first).Store(sums);
        (Vector256.Load(sums + 8) + second).Store(sums + 8);
    }

    /// <summary>Asks for a row of the next classes. Beyond the weights' end a prefetch does nothing.</summary>
    private static void Prefetch(float* row, int features)
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < features; i += 16) Sse.Prefetch1(row + i);
    }

    /// <summary>Block of features, tile of 16 rows, feature, row; zero behind the last row.</summary>
    private static float[] Pack(float* rows, int features, int tiles, (int Count, int Threads) run)
    {
        var packed = new float[(long)features * tiles * TileRows];
        Parallel.For(0, (features + BlockFeatures - 1) / BlockFeatures, new ParallelOptions { MaxDegreeOfParallelism = run.Threads }, block =>
        {
            var first = block * BlockFeatures;
            var width = Math.Min(BlockFeatures, features - first);
            var into = packed.AsSpan(first * tiles * TileRows, width * tiles * TileRows);
            for (var n = 0; n < run.Count; n++)
            for (var i = 0; i < width; i++)
                into[(n / TileRows * width + i) * TileRows + n % TileRows] = rows[(long)n * features + first + i];
        });
        return packed;
    }
}
