using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Training.Kernels;

/// <summary>
/// The way back through the dense layer and Adam's update of its weights in one pass over memory. Tile by tile of classes × features, the
/// gradient at the layer's input takes in the weights as they are; then the weight gradient is summed over all rows in registers and the
/// weights are updated there and then. The gradient (2.5 GB with 5,749 classes) never exists, and weights and moments are read and written
/// once a step.
/// </summary>
internal static unsafe class DenseBackward
{
    private const int TileClasses = 6; // × 2 vectors: 12 sums, all in registers
    private const int TileFeatures = 16;

    // pass by together: their deltas and a tile's rows and gradients, 23 KB, stay in the first-level cache
    private const int GroupClasses = 24;

    // of 100 rows, and their gradient: 200 KB, which stay in the second-level cache while all classes pass by
    private const int BlockFeatures = 256;

    /// <summary>back = deltas · weights; weights −= Adam(deltasᵀ · rows).</summary>
    /// <param name="dense">Weights and moments: classes × features.</param>
    /// <param name="rows">Count × features: what went into the layer.</param>
    /// <param name="deltas">Count × classes: the loss's gradient at the layer's output.</param>
    /// <param name="back">Count × features, written: the loss's gradient at the layer's input.</param>
    /// <param name="run">Rows, step size, and threads to use; their number does not change a bit of the result.</param>
    public static void Run(in Weights dense, float* rows, float* deltas, float* back, (int Count, AdamRate Rate, int Threads) run)
    {
        if (dense.Features % TileFeatures != 0)
            throw new ArgumentException($"Expected a multiple of {TileFeatures} features, got {dense.Features}.", nameof(dense));
        var (copy, step) = (dense, Vector256.Create(run.Rate.Step));
        using var packed = PackDeltas(deltas, run.Count, dense.Classes);
        Parallel.For(
            0,
            (dense.Features + BlockFeatures - 1) / BlockFeatures,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            () => (Rows: new AlignedFloats(run.Count * BlockFeatures), Back: new AlignedFloats(run.Count * BlockFeatures)),
            (block, _, panels) =>
            {
                var first = block * BlockFeatures;
                var width = Math.Min(BlockFeatures, copy.Features - first);
                Pack(rows + first, copy.Features, (run.Count, width), panels.Rows.At);
                panels.Back.Clear();
                Block(copy, first, new Panels(panels.Rows.At, panels.Back.At, packed.At), (run.Count, width, step));
                Unpack(panels.Back.At, copy.Features, (run.Count, width), back + first);
                return panels;
            },
            static panels =>
            {
                panels.Rows.Dispose();
                panels.Back.Dispose();
            }
        );
    }

    /// <summary>All classes for one block of features.</summary>
    private static void Block(in Weights dense, int first, Panels panels, (int Count, int Width, Vector256<float> Step) run)
    {
        for (var group = 0; group < dense.Classes; group += GroupClasses)
        for (var i = 0; i < run.Width; i += TileFeatures)
        for (var c = group; c < Math.Min(group + GroupClasses, dense.Classes); c += TileClasses)
        {
            var (at, panel) = ((long)c * dense.Features + first + i, i * run.Count);
            var deltas = panels.Deltas + (long)c * run.Count;
            if (c + TileClasses <= dense.Classes)
            {
                // Its neighbour, or at the end of the block what the next group begins with: four tiles ahead.
                Prefetch(dense, i + TileFeatures < run.Width ? at + TileFeatures : at + (long)GroupClasses * dense.Features - i);
                Back(dense.Value + at, dense.Features, deltas, panels.Back + panel, run.Count);
                Learn(dense, at, panels.Rows + panel, deltas, (run.Count, run.Step));
            }
            else
                for (var r = 0; c + r < dense.Classes; r++, at += dense.Features)
                {
                    BackOne(dense.Value + at, deltas + r, panels.Back + panel, run.Count);
                    LearnOne(dense, at, panels.Rows + panel, deltas + r, (run.Count, run.Step));
                }
        }
    }

    /// <summary>6 classes × 16 features, whose weights stay in registers while all rows pass by.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void Back(float* w, long stride, float* deltas, float* back, int count)
    {
        Vector256<float> a0 = Vector256.Load(w),
            a1 = Vector256.Load(w + 8),
            b0 = Vector256.Load(w + stride),
            b1 = Vector256.Load(w + stride + 8);
        w += 2 * stride;
        Vector256<float> c0 = Vector256.Load(w),
            c1 = Vector256.Load(w + 8),
            d0 = Vector256.Load(w + stride),
            d1 = Vector256.Load(w + stride + 8);
        w += 2 * stride;
        Vector256<float> e0 = Vector256.Load(w),
            e1 = Vector256.Load(w + 8),
            f0 = Vector256.Load(w + stride),
            f1 = Vector256.Load(w + stride + 8);
        for (var n = 0; n < count; n++, back += TileFeatures, deltas += TileClasses)
        {
            Vector256<float> x0 = Vector256.Load(back),
                x1 = Vector256.Load(back + 8);
            var d = Vector256.Create(deltas[0]);
            x0 = Vector256.FusedMultiplyAdd(d, a0, x0);
            x1 = Vector256.FusedMultiplyAdd(d, a1, x1);
            d = Vector256.Create(deltas[1]);
            x0 = Vector256.FusedMultiplyAdd(d, b0, x0);
            x1 = Vector256.FusedMultiplyAdd(d, b1, x1);
            d = Vector256.Create(deltas[2]);
            x0 = Vector256.FusedMultiplyAdd(d, c0, x0);
            x1 = Vector256.FusedMultiplyAdd(d, c1, x1);
            d = Vector256.Create(deltas[3]);
            x0 = Vector256.FusedMultiplyAdd(d, d0, x0);
            x1 = Vector256.FusedMultiplyAdd(d, d1, x1);
            d = Vector256.Create(deltas[4]);
            x0 = Vector256.FusedMultiplyAdd(d, e0, x0);
            x1 = Vector256.FusedMultiplyAdd(d, e1, x1);
            d = Vector256.Create(deltas[5]);
            x0 = Vector256.FusedMultiplyAdd(d, f0, x0);
            x1 = Vector256.FusedMultiplyAdd(d, f1, x1);
            x0.Store(back);
            x1.Store(back + 8);
        }
    }

    /// <summary>1 class × 16 features: what is left when the classes are no multiple of 6.</summary>
    private static void BackOne(float* w, float* deltas, float* back, int count)
    {
        Vector256<float> a0 = Vector256.Load(w),
            a1 = Vector256.Load(w + 8);
        for (var n = 0; n < count; n++, back += TileFeatures, deltas += TileClasses)
        {
            var d = Vector256.Create(deltas[0]);
            Vector256.FusedMultiplyAdd(d, a0, Vector256.Load(back)).Store(back);
            Vector256.FusedMultiplyAdd(d, a1, Vector256.Load(back + 8)).Store(back + 8);
        }
    }

    /// <summary>6 classes × 16 features.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void Learn(in Weights dense, long at, float* rows, float* deltas, (int Count, Vector256<float> Step) run)
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
        for (var n = 0; n < run.Count; n++, rows += TileFeatures, deltas += TileClasses)
        {
            Vector256<float> x0 = Vector256.Load(rows),
                x1 = Vector256.Load(rows + 8);
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
    private static void LearnOne(in Weights dense, long at, float* rows, float* deltas, (int Count, Vector256<float> Step) run)
    {
        Vector256<float> a0 = default,
            a1 = default;
        for (var n = 0; n < run.Count; n++, rows += TileFeatures, deltas += TileClasses)
        {
            var d = Vector256.Create(deltas[0]);
            a0 = Vector256.FusedMultiplyAdd(d, Vector256.Load(rows), a0);
            a1 = Vector256.FusedMultiplyAdd(d, Vector256.Load(rows + 8), a1);
        }
        dense.Update(at, a0, a1, run.Step);
    }

    /// <summary>
    /// Asks for a tile that comes soon: 6 lines of 64 bytes in each of the three arrays. Beyond their end a prefetch does nothing.
    /// </summary>
    private static void Prefetch(in Weights dense, long at)
    {
        if (!Sse.IsSupported)
            return;
        for (var r = 0; r < TileClasses; r++, at += dense.Features)
        {
            Sse.Prefetch0(dense.Value + at);
            Sse.Prefetch0(dense.Mean + at);
            Sse.Prefetch0(dense.Square + at);
        }
    }

    /// <summary>A block of the rows as panels of 16 features: panel, row, feature.</summary>
    private static void Pack(float* rows, int stride, (int Rows, int Features) size, float* into)
    {
        for (var i = 0; i < size.Features; i += TileFeatures)
        for (var n = 0; n < size.Rows; n++, into += TileFeatures)
            new ReadOnlySpan<float>(rows + (long)n * stride + i, TileFeatures).CopyTo(new Span<float>(into, TileFeatures));
    }

    private static void Unpack(float* panels, int stride, (int Rows, int Features) size, float* into)
    {
        for (var i = 0; i < size.Features; i += TileFeatures)
        for (var n = 0; n < size.Rows; n++, panels += TileFeatures)
            new ReadOnlySpan<float>(panels, TileFeatures).CopyTo(new Span<float>(into + (long)n * stride + i, TileFeatures));
    }

    /// <summary>Deltas as groups of 6 classes: group, row, class; what stands behind the last class is never used.</summary>
    private static AlignedFloats PackDeltas(float* deltas, int count, int classes)
    {
        var groups = (classes + TileClasses - 1) / TileClasses;
        var packed = new AlignedFloats((long)groups * count * TileClasses);
        for (var n = 0; n < count; n++)
        for (var c = 0; c < classes; c++)
            packed.At[(c / TileClasses * count + n) * TileClasses + c % TileClasses] = deltas[(long)n * classes + c];
        return packed;
    }

    /// <summary>
    /// What one block of features needs in its own order: rows and gradient as panels of 16 features, deltas as groups of 6 classes.
    /// </summary>
    private readonly struct Panels(float* rows, float* back, float* deltas)
    {
        public readonly float* Rows = rows;
        public readonly float* Back = back;
        public readonly float* Deltas = deltas;
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
