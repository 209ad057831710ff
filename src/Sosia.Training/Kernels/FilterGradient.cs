using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sosia.Training.Kernels;

/// <summary>
/// The gradient of a convolution's filters. Behind a 2×2 max-pool and a ReLU at least three of four output gradients are 0, so only the
/// others are gathered, a list a filter, and each adds its 3 × 3 × channels inputs, which lie in three runs of memory, to sums that stay
/// in registers.
/// </summary>
internal static unsafe class FilterGradient
{
    private const int Together = 8; // filters whose lists are made in one pass

    /// <summary>Adds to the gradients of filters and biases.</summary>
    /// <param name="input">Images × side × side × channels, and 16 readable floats behind.</param>
    /// <param name="gradient">Images × pooled side² × filters: the loss's gradient at the block's output.</param>
    /// <param name="which">What <see cref="PoolRelu.Forward"/> wrote.</param>
    /// <param name="block">The block, and how many images.</param>
    /// <param name="sums">Filters × 3 × 3 × channels, and filters: added to. The number of threads does not change a bit of
    /// them.</param>
    public static void Add(
        float* input,
        float* gradient,
        byte* which,
        (BlockShape Shape, int Images, int Threads) block,
        (float[] Filters, float[] Biases) sums
    )
    {
        var groups = block.Shape.Filters / Together;
        Parallel.For(
            0,
            groups,
            new ParallelOptions { MaxDegreeOfParallelism = block.Threads },
            () => new Scratch(block.Shape),
            (group, _, scratch) =>
            {
                for (var image = 0; image < block.Images; image++)
                    scratch.AddImage(
                        input + (long)image * block.Shape.Side * block.Shape.Side * block.Shape.Channels,
                        gradient + (long)image * block.Shape.PooledFloats,
                        which + (long)image * block.Shape.PooledFloats,
                        group * Together,
                        sums
                    );
                return scratch;
            },
            static scratch => { }
        );
    }

    /// <summary>What one thread needs: for a few filters, lists of gradients that are not 0, and the sums of one image.</summary>
    private sealed class Scratch
    {
        private const int CacheFloats = 4096; // of input that a list points into: half of a first-level cache
        private readonly BlockShape _shape;
        private readonly int _segment; // outputs of a row whose inputs fit there
        private readonly int _run; // floats that lie together: three columns of all channels
        private readonly int _padded; // in whole pairs of vectors; what is read too much is never used
        private readonly float[] _sums;
        private readonly int[] _counts = new int[Together];
        private readonly int[] _offsets,
            _allOffsets,
            _allCounted;
        private readonly float[] _values;

        public Scratch(BlockShape shape)
        {
            (_shape, _run, _padded) = (shape, 3 * shape.Channels, (3 * shape.Channels + 15) & ~15);
            _segment = Math.Min(Math.Max(8, CacheFloats / (4 * shape.Channels)), shape.PooledSide);
            _sums = new float[Together * 3 * _padded];
            (_offsets, _values) = (new int[Together * _segment], new float[Together * _segment]);
            (_allOffsets, _allCounted) = (new int[Together * _segment], new int[Together * _segment]);
        }

        private int Line => _shape.Side * _shape.Channels;

        public void AddImage(float* input, float* gradient, byte* which, int first, (float[] Filters, float[] Biases) sums)
        {
            Array.Clear(_sums);
            for (var y = 0; y < _shape.PooledSide; y++)
            for (var x = 0; x < _shape.PooledSide; x += _segment)
            {
                var at = ((long)y * _shape.PooledSide + x) * _shape.Filters + first;
                Gather(gradient + at, which + at, Math.Min(_segment, _shape.PooledSide - x), sums.Biases.AsSpan(first, Together));
                AddSegment(input + (long)2 * y * Line + 2 * x * _shape.Channels);
            }
            for (var i = 0; i < Together * 3; i++)
            for (var j = 0; j < _run; j++)
                sums.Filters[(first * 3 + i) * _run + j] += _sums[i * _padded + j];
        }

        /// <summary>For each filter: where the gradients of some outputs of one row belong, and their values.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
        private void Gather(float* gradient, byte* which, int width, Span<float> biases)
        {
            int line = Line,
                channels = _shape.Channels,
                filters = _shape.Filters;
            var sum = Vector256.Create<float>(biases);
            fixed (
                int* offsets = _offsets,
                    allOffsets = _allOffsets,
                    allCounted = _allCounted
            )
            fixed (float* values = _values)
            {
                for (var x = 0; x < width; x++)
                {
                    var mark = PoolRelu.Widen(which + x * filters);
                    ((mark >> 1) * line + (mark & Vector256<int>.One) * channels + Vector256.Create(2 * x * channels)).Store(
                        allOffsets + x * Together
                    );
                    (Vector256<int>.One - (mark >> 2)).Store(allCounted + x * Together); // PoolRelu.None is the only mark with that bit
                    sum += Vector256.ConditionalSelect(
                        Vector256.Equals(mark, Vector256.Create((int)PoolRelu.None)).AsSingle(),
                        default,
                        Vector256.Load(gradient + x * filters)
                    );
                }
                for (var f = 0; f < Together; f++)
                {
                    int* offset = offsets + f * _segment,
                        from = allOffsets + f,
                        counted = allCounted + f;
                    float* value = values + f * _segment,
                        g = gradient + f;
                    var count = 0;
                    for (var x = 0; x < width; x++, from += Together, counted += Together, g += filters)
                    {
                        offset[count] = *from; // no branch: what is not to count is overwritten by the next
                        value[count] = *g;
                        count += *counted;
                    }
                    _counts[f] = count;
                }
            }
            sum.CopyTo(biases);
        }

        private void AddSegment(float* input)
        {
            fixed (
                float* sums = _sums,
                    values = _values
            )
            fixed (int* offsets = _offsets)
            {
                if (_padded == 16) // the first block: three runs of 9 floats
                {
                    for (var f = 0; f < Together; f++)
                        ThreePairs(
                            new Entries(offsets + f * _segment, values + f * _segment, _counts[f]),
                            input,
                            Line,
                            sums + f * 3 * _padded
                        );
                    return;
                }
                for (var row = 0; row < 3; row++)
                for (var f = 0; f < Together; f++)
                {
                    var list = new Entries(offsets + f * _segment, values + f * _segment, _counts[f]);
                    float* from = input + row * Line,
                        to = sums + (f * 3 + row) * _padded;
                    var i = 0;
                    for (; i <= _run - 96; i += 96)
                        Twelve(list, from + i, to + i);
                    for (; i < _run; i += 48)
                        ThreePairs(list, from + i, 16, to + i);
                }
            }
        }
    }

    /// <summary>Gradients that are not 0: where their inputs begin, and their values.</summary>
    private readonly struct Entries(int* offsets, float* values, int count)
    {
        public readonly int* Offsets = offsets;
        public readonly float* Values = values;
        public readonly int Count = count;
    }

    /// <summary>96 sums.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void Twelve(Entries list, float* input, float* sums)
    {
        Vector256<float> a = Vector256.Load(sums),
            b = Vector256.Load(sums + 8),
            c = Vector256.Load(sums + 16),
            d = Vector256.Load(sums + 24);
        Vector256<float> e = Vector256.Load(sums + 32),
            f = Vector256.Load(sums + 40),
            g = Vector256.Load(sums + 48),
            h = Vector256.Load(sums + 56);
        Vector256<float> i = Vector256.Load(sums + 64),
            j = Vector256.Load(sums + 72),
            k = Vector256.Load(sums + 80),
            l = Vector256.Load(sums + 88);
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
        a.Store(sums);
        b.Store(sums + 8);
        c.Store(sums + 16);
        d.Store(sums + 24);
        e.Store(sums + 32);
        f.Store(sums + 40);
        g.Store(sums + 48);
        h.Store(sums + 56);
        i.Store(sums + 64);
        j.Store(sums + 72);
        k.Store(sums + 80);
        l.Store(sums + 88);
    }

    /// <summary>Three times 16 sums, their inputs a stride apart.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // registers for itself
    private static void ThreePairs(Entries list, float* input, int stride, float* sums)
    {
        Vector256<float> a = Vector256.Load(sums),
            b = Vector256.Load(sums + 8),
            c = Vector256.Load(sums + 16);
        Vector256<float> d = Vector256.Load(sums + 24),
            e = Vector256.Load(sums + 32),
            f = Vector256.Load(sums + 40);
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
        a.Store(sums);
        b.Store(sums + 8);
        c.Store(sums + 16);
        d.Store(sums + 24);
        e.Store(sums + 32);
        f.Store(sums + 40);
    }
}
