using System.Runtime.Intrinsics;

namespace Sosia.Training.Kernels;

/// <summary>
/// The gradient of a convolution's filters. Behind a 2×2 max-pool and a ReLU at least three of four output gradients are 0, so only the others are
/// gathered, a list a filter, and each adds its 3 × 3 × channels inputs, which lie in three runs of memory, to sums that stay in registers.
/// </summary>
internal static unsafe class FilterGradient
{
    /// <summary>Adds to the gradients of filters and biases.</summary>
    /// <param name="input">Images × side × side × channels, and 16 readable floats behind.</param>
    /// <param name="gradient">Images × pooled side² × filters: the loss's gradient at the block's output.</param>
    /// <param name="which">What <see cref="PoolRelu.Forward"/> wrote.</param>
    /// <param name="block">The block, and how many images.</param>
    /// <param name="sums">Filters × 3 × 3 × channels, and filters: added to. The number of threads does not change a bit of them.</param>
    public static void Add(float* input, float* gradient, byte* which, (BlockShape Shape, int Images, int Threads) block, (float[] Filters, float[] Biases) sums)
    {
        const int together = 8;
        var groups = block.Shape.Filters / together;
        Parallel.For(0, groups, new ParallelOptions { MaxDegreeOfParallelism = block.Threads }, () => new Scratch(block.Shape, together),
            (group, _, scratch) =>
            {
                for (var image = 0; image < block.Images; image++)
                    scratch.AddImage(input + (long)image * block.Shape.Side * block.Shape.Side * block.Shape.Channels,
                        gradient + (long)image * block.Shape.PooledFloats, which + (long)image * block.Shape.PooledFloats, group * together, sums);
                return scratch;
            }, static scratch => { });
    }

    /// <summary>What one thread needs: for a few filters, lists of gradients that are not 0, and the sums of one image.</summary>
    private sealed class Scratch(BlockShape shape, int filters)
    {
        private readonly int[] _counts = new int[filters];
        private readonly int[] _offsets = new int[filters * shape.PooledSide];
        private readonly float[] _values = new float[filters * shape.PooledSide];
        private readonly int _run = 3 * shape.Channels;                 // floats that lie together: three columns of all channels
        private readonly int _padded = (3 * shape.Channels + 15) & ~15; // in whole pairs of vectors; what is read too much is never used
        private readonly float[] _sums = new float[filters * 3 * ((3 * shape.Channels + 15) & ~15)];

        public void AddImage(float* input, float* gradient, byte* which, int first, (float[] Filters, float[] Biases) sums)
        {
            Array.Clear(_sums);
            var line = shape.Side * shape.Channels;
            for (var y = 0; y < shape.PooledSide; y++)
            {
                var at = (long)y * shape.PooledSide * shape.Filters + first;
                Gather(gradient + at, which + at, sums.Biases.AsSpan(first, filters));
                AddRow(input + (long)2 * y * line, line);
            }
            for (var f = 0; f < filters; f++)
            for (var row = 0; row < 3; row++)
            for (var i = 0; i < _run; i++)
                sums.Filters[((first + f) * 3 + row) * _run + i] += _sums[(f * 3 + row) * _padded + i];
        }

        /// <summary>For each filter: where the gradients of one row of outputs belong, and their values.</summary>
        private void Gather(float* gradient, byte* which, Span<float> biases)
        {
            Array.Clear(_counts);
            var line = shape.Side * shape.Channels;
            for (var x = 0; x < shape.PooledSide; x++, gradient += shape.Filters, which += shape.Filters)
            for (var f = 0; f < filters; f++)
            {
                var (mark, at) = (which[f], f * shape.PooledSide + _counts[f]);
                _offsets[at] = (mark >> 1) * line + (2 * x + (mark & 1)) * shape.Channels;
                _values[at] = gradient[f];
                var counts = mark != PoolRelu.None;
                biases[f] += counts ? gradient[f] : 0;
                _counts[f] += counts ? 1 : 0;
            }
        }

        private void AddRow(float* input, int line)
        {
            fixed (float* sums = _sums, values = _values)
            fixed (int* offsets = _offsets)
            {
                if (_padded == 16) // the first block: three runs of 9 floats
                {
                    for (var f = 0; f < filters; f++)
                        ThreePairs(List(offsets, values, f), input, line, sums + f * 3 * _padded);
                    return;
                }
                for (var row = 0; row < 3; row++)
                for (var f = 0; f < filters; f++)
                {
                    var list = List(offsets, values, f);
                    float* from = input + row * line, to = sums + (f * 3 + row) * _padded;
                    var i = 0;
                    for (; i <= _run - 96; i += 96) Twelve(list, from + i, to + i);
                    for (; i < _run; i += 48) ThreePairs(list, from + i, 16, to + i);
                }
            }
        }

        private Entries List(int* offsets, float* values, int filter) => new(offsets + filter * shape.PooledSide, values + filter * shape.PooledSide, _counts[filter]);
    }

    /// <summary>Gradients that are not 0: where their inputs begin, and their values.</summary>
    private readonly struct Entries(int* offsets, float* values, int count)
    {
        public readonly int* Offsets = offsets;
        public readonly float* Values = values;
        public readonly int Count = count;
    }

    /// <summary>96 sums.</summary>
    private static void Twelve(Entries list, float* input, float* sums)
    {
        Vector256<float> a = Vector256.Load(sums), b = Vector256.Load(sums + 8), c = Vector256.Load(sums + 16), d = Vector256.Load(sums + 24);
        Vector256<float> e = Vector256.Load(sums + 32), f = Vector256.Load(sums + 40), g = Vector256.Load(sums + 48), h = Vector256.Load(sums + 56);
        Vector256<float> i = Vector256.Load(sums + 64), j = Vector256.Load(sums + 72), k = Vector256.Load(sums + 80), l = Vector256.Load(sums + 88);
        for (var n = 0; n < list.Count; n++)
        {
            var x = input + list.Offsets[n];
            var by = Vector256.Create(list.Values[n]);
            a = Vector256.FusedMultiplyAdd(by, Vector256.Load(x), a);
            b = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 8), b);
            c = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 16), c);
            d = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 24), d);
            e = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 32), e);
            f = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 40), f);
            g = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 48), g);
            h = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 56), h);
            i = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 64), i);
            j = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 72), j);
            k = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 80), k);
            l = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 88), l);
        }
        a.Store(sums); b.Store(sums + 8); c.Store(sums + 16); d.Store(sums + 24);
        e.Store(sums + 32); f.Store(sums + 40); g.Store(sums + 48); h.Store(sums + 56);
        i.Store(sums + 64); j.Store(sums + 72); k.Store(sums + 80); l.Store(sums + 88);
    }

    /// <summary>Three times 16 sums, their inputs a stride apart.</summary>
    private static void ThreePairs(Entries list, float* input, int stride, float* sums)
    {
        Vector256<float> a = Vector256.Load(sums), b = Vector256.Load(sums + 8), c = Vector256.Load(sums + 16);
        Vector256<float> d = Vector256.Load(sums + 24), e = Vector256.Load(sums + 32), f = Vector256.Load(sums + 40);
        for (var n = 0; n < list.Count; n++)
        {
            var x = input + list.Offsets[n];
            var by = Vector256.Create(list.Values[n]);
            a = Vector256.FusedMultiplyAdd(by, Vector256.Load(x), a);
            b = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 8), b);
            c = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + stride), c);
            d = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + stride + 8), d);
            e = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 2 * stride), e);
            f = Vector256.FusedMultiplyAdd(by, Vector256.Load(x + 2 * stride + 8), f);
        }
        a.Store(sums); b.Store(sums + 8); c.Store(sums + 16);
        d.Store(sums + 24); e.Store(sums + 32); f.Store(sums + 40);
    }
}
