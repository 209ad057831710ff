using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Training.Kernels;

/// <summary>
/// The weight gradient of the dense layer and Adam's update in one: a tile of classes × features is summed over all rows of the batch in registers,
/// and its weights are updated there and then. The gradient (2.5 GB with 5,749 classes) never exists, and weights and moments are read and written once a step.
/// </summary>
internal static unsafe class DenseUpdate
{
    private const int TileClasses = 6;      // × 2 vectors: 12 sums, all in registers
    private const int TileFeatures = 16;
    private const int BlockFeatures = 512;  // of 100 rows: 200 KB, which stay in the second-level cache while all classes pass by

    /// <summary>weights −= Adam(deltasᵀ · rows).</summary>
    /// <param name="dense">Weights and moments: classes × features.</param>
    /// <param name="rows">Count × features: what went into the layer.</param>
    /// <param name="deltas">Count × classes: the loss's gradient at the layer's output.</param>
    /// <param name="count">Rows.</param>
    /// <param name="run">Step size, and threads to use; their number does not change a bit of the result.</param>
    public static void Run(in Weights dense, float* rows, float* deltas, int count, (AdamRate Rate, int Threads) run)
    {
        if (dense.Features % TileFeatures != 0)
            throw new ArgumentException($"Expected a multiple of {TileFeatures} features, got {dense.Features}.", nameof(dense));
        var (copy, step) = (dense, Vector256.Create(run.Rate.Step));
        var packed = PackDeltas(deltas, count, dense.Classes);
        var blocks = (dense.Features + BlockFeatures - 1) / BlockFeatures;
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            () => new float[count * BlockFeatures],
            (block, _, panels) =>
            {
                var first = block * BlockFeatures;
                Pack(rows, count, copy.Features, first, Math.Min(BlockFeatures, copy.Features - first), panels);
                Block(copy, first, panels, packed, (count, step));
                return panels;
            }, static _ => { });
    }

    /// <summary>All classes for one block of features.</summary>
    private static void Block(in Weights dense, int first, float[] panels, float[] packed, (int Count, Vector256<float> Step) run)
    {
        var tiles = Math.Min(BlockFeatures, dense.Features - first) / TileFeatures;
        fixed (float* rows = panels, deltas = packed)
        {
            for (var c = 0; c < dense.Classes; c += TileClasses)
            {
                var group = deltas + (long)c * run.Count;
                var whole = c + TileClasses <= dense.Classes;
                for (var t = 0; t < tiles; t++)
                {
                    var panel = rows + t * TileFeatures * run.Count;
                    var at = (long)c * dense.Features + first + t * TileFeatures;
                    if (whole)
                        Tile(dense, at, panel, group, run);
                    else
                        for (var r = 0; c + r < dense.Classes; r++)
                            Row(dense, at + (long)r * dense.Features, panel, group + r, run);
                }
            }
        }
    }

    /// <summary>6 classes × 16 features.</summary>
    private static void Tile(in Weights dense, long at, float* rows, float* deltas, (int Count, Vector256<float> Step) run)
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector256<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        Prefetch(dense, at + 2 * TileFeatures);
        for (var n = 0; n < run.Count; n++, rows += TileFeatures, deltas += TileClasses)
        {
            Vector256<float> x0 = Vector256.Load(rows), x1 = Vector256.Load(rows + 8);
            var d = Vector256.Create(deltas[0]);
            a0 = Vector256.FusedMultiplyAdd(d, x0, a0);
            a1 = Vector256.FusedMultiplyAdd(d, x1, a1);
            d = Vector256.Create(deltas[1]);
            b0 = Vector256.FusedMultiplyAdd(d, x0, b0);
            b1 = Vector256.FusedMultiplyAdd(d, x1, b1);
            d = Vector256.Create(deltas[2]);
            c0 = Vector256.FusedMultiplyAdd(d, x0, c0);
            c1 = Vector256.FusedMultiplyAdd(d, x1, c1);
            d = Vector256.Create(deltas[3]);
            d0 = Vector256.FusedMultiplyAdd(d, x0, d0);
            d1 = Vector256.FusedMultiplyAdd(d, x1, d1);
            d = Vector256.Create(deltas[4]);
            e0 = Vector256.FusedMultiplyAdd(d, x0, e0);
            e1 = Vector256.FusedMultiplyAdd(d, x1, e1);
            d = Vector256.Create(deltas[5]);
            f0 = Vector256.FusedMultiplyAdd(d, x0, f0);
            f1 = Vector256.FusedMultiplyAdd(d, x1, f1);
        }
        dense.Update(at, a0, a1, run.Step);
        dense.Update(at + dense.Features, b0, b1, run.Step);
        dense.Update(at + 2L * dense.Features, c0, c1, run.Step);
        dense.Update(at + 3L * dense.Features, d0, d1, run.Step);
        dense.Update(at + 4L * dense.Features, e0, e1, run.Step);
        dense.Update(at + 5L * dense.Features, f0, f1, run.Step);
    }

    /// <summary>1 class × 16 features: what is left when the classes are no multiple of 6.</summary>
    private static void Row(in Weights dense, long at, float* rows, float* deltas, (int Count, Vector256<float> Step) run)
    {
        Vector256<float> a0 = default, a1 = default;
        for (var n = 0; n < run.Count; n++, rows += TileFeatures, deltas += TileClasses)
        {
            var d = Vector256.Create(deltas[0]);
            a0 = Vector256.FusedMultiplyAdd(d, Vector256.Load(rows), a0);
            a1 = Vector256.FusedMultiplyAdd(d, Vector256.Load(rows + 8), a1);
        }
        dense.Update(at, a0, a1, run.Step);
    }

    /// <summary>Asks for the tile after next: 6 lines of 64 bytes in each of the three arrays. Beyond their end a prefetch does nothing.</summary>
    private static void Prefetch(in Weights dense, long at)
    {
        if (!Sse.IsSupported) return;
        for (var r = 0; r < TileClasses; r++, at += dense.Features)
        {
            Sse.Prefetch0(dense.Value + at);
            Sse.Prefetch0(dense.Mean + at);
            Sse.Prefetch0(dense.Square + at);
        }
    }

    /// <summary>Rows of a block as panels of 16 features: tile, row, feature.</summary>
    private static void Pack(float* rows, int count, int features, int first, int width, float[] into)
    {
        for (var t = 0; t < width / TileFeatures; t++)
        for (var n = 0; n < count; n++)
            new ReadOnlySpan<float>(rows + (long)n * features + first + t * TileFeatures, TileFeatures).CopyTo(into.AsSpan((t * count + n) * TileFeatures));
    }

    /// <summary>Deltas as groups of 6 classes: group, row, class; zero behind the last class.</summary>
    private static float[] PackDeltas(float* deltas, int count, int classes)
    {
        var groups = (classes + TileClasses - 1) / TileClasses;
        var packed = new float[groups * count * TileClasses];
        for (var n = 0; n < count; n++)
        for (var c = 0; c < classes; c++)
            packed[(c / TileClasses * count + n) * TileClasses + c % TileClasses] = deltas[(long)n * classes + c];
        return packed;
    }

    /// <summary>A dense layer's memory: weights and Adam's moments, each classes × features floats.</summary>
    public readonly struct Weights(float* value, float* mean, float* square, (int Classes, int Features) shape)
    {
        public readonly float* Value = value;
        public readonly float* Mean = mean;
        public readonly float* Square = square;
        public readonly int Classes = shape.Classes;
        public readonly int Features = shape.Features;

        public void Update(long at, Vector256<float> first, Vector256<float> second, Vector256<float> step)
        {
            AdamRate.Update(Value + at, Mean + at, Square + at, first, step);
            AdamRate.Update(Value + at + 8, Mean + at + 8, Square + at + 8, second, step);
        }
    }
}
