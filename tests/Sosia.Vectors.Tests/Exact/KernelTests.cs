using System.Runtime.Intrinsics;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Tests.Exact;

/// <summary>Every kernel against its scalar twin.</summary>
public unsafe class KernelTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void Every_kernel_bounds_rows_as_the_scalar_twin_does(bool hasHalf)
    {
        for (var lines = 1; lines <= 9; lines++)
        {
            Compare<PlainKernel>(lines, hasHalf);
            if (Avx2Lanes.IsSupported)
                Compare<WideKernel<Avx2Lanes, Vector256<int>, Vector256<short>>>(lines, hasHalf);
            if (VnniLanes.IsSupported)
                Compare<WideKernel<VnniLanes, Vector256<int>, Vector256<short>>>(lines, hasHalf);
            if (Avx512Lanes.IsSupported)
                Compare<WideKernel<Avx512Lanes, Vector512<int>, Vector512<short>>>(lines, hasHalf);
        }
    }

    private static void Compare<TKernel>(int lines, bool hasHalf)
        where TKernel : struct, IScanKernel
    {
        var layout = new RecordLayout(lines * RecordLayout.Line, hasHalf);
        using var records = new NativeBytes(4 * layout.Bytes);
        using var query = new NativeBytes(layout.Bytes * sizeof(short));
        using var otherQuery = new NativeBytes(layout.Bytes * sizeof(short));
        var random = new Random(lines);
        var found = stackalloc float[8];
        for (var extreme = 0; extreme < 2; extreme++)
        {
            var codes = (short*)query.Pointer;
            for (var i = 0; i < layout.Codes; i++)
                codes[i] = (short)(extreme == 1 ? (i % 2 * 2 - 1) * short.MaxValue : random.Next(short.MinValue + 1, short.MaxValue));
            for (var row = 0; row < 4; row++)
                Fill(records.Pointer + row * layout.Bytes, layout, random, extreme == 1);
            var terms = new ScanTerms
            {
                Codes = codes,
                Layout = layout,
                ProductScale = 1e-6f,
                Head = 0.9f,
                Tail = 0.3f,
                Constant = 0.01f,
            };
            TKernel.Bound(
                records.Pointer,
                records.Pointer + layout.Bytes,
                records.Pointer + 2 * layout.Bytes,
                records.Pointer + 3 * layout.Bytes,
                terms,
                found
            );
            Check(records, terms, found);

            var otherCodes = (short*)otherQuery.Pointer;
            for (var i = 0; i < layout.Codes; i++)
                otherCodes[i] = (short)random.Next(short.MinValue + 1, short.MaxValue);
            var other = terms with { Codes = otherCodes, Head = 0.4f, Tail = 0.7f, Constant = 0.02f };
            TKernel.BoundTwo(
                records.Pointer,
                records.Pointer + layout.Bytes,
                records.Pointer + 2 * layout.Bytes,
                records.Pointer + 3 * layout.Bytes,
                new TwoTerms { One = terms, Other = other },
                found,
                found + 4
            );
            Check(records, terms, found);
            Check(records, other, found + 4);
        }
    }

    private static void Check(NativeBytes records, in ScanTerms terms, float* found)
    {
        for (var row = 0; row < 4; row++)
        {
            var record = records.Pointer + row * terms.Layout.Bytes;
            var product = PlainKernel.ScalarProduct((sbyte*)record, terms.Codes, terms.Layout.Codes);
            var expected = PlainKernel.Finish(record, product, terms);
            Assert.Equal(expected, found[row], Math.Abs(expected) * 1e-6f);
        }
    }

    private static void Fill(byte* record, RecordLayout layout, Random random, bool extreme)
    {
        random.NextBytes(new Span<byte>(record, layout.Bytes));
        if (extreme)
            for (var i = 0; i < layout.Codes; i++)
                record[i] = unchecked((byte)(sbyte)((i % 2 * 2 - 1) * 127));
        if (layout.HasHalf)
            *(float*)(record + layout.Half) = 0.5f;
        for (var term = 0; term < 3; term++)
            ((ushort*)(record + layout.Terms))[term] = RowEncoder.RoundUp(random.NextDouble());
    }

    [Fact]
    public void Sums_agree_with_their_scalar_twins_at_every_length()
    {
        for (var n = 0; n <= 67; n++)
        {
            var (a, b) = (Some.Isotropic(n, 1, n)[0], Some.Isotropic(n + 100, 1, n)[0]);
            var (dot, square, difference) = (0.0, 0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                dot += (double)a[i] * b[i];
                square += (double)b[i] * b[i];
                difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            }
            Assert.Equal(dot, Sums.Dot64(a, b), 1e-12);
            Assert.Equal(difference, Sums.Squares64(a, b), 1e-12);
            var exact = Sums.DotAndSquare64(a, b);
            Assert.Equal(dot, exact.Dot, 1e-12);
            Assert.Equal(square, exact.Square, 1e-12);
            var found = Sums.DotAndSquare(a, b);
            Assert.Equal(dot, found.Dot, 1e-4);
            Assert.Equal(square, found.Square, 1e-4);
            Assert.Equal(difference, Sums.Squares(a, b), 1e-4);
        }
    }

    [Fact]
    public void Projection_agrees_with_plain_products()
    {
        foreach (var dimensions in new[] { 1, 63, 64, 65, 200 })
        {
            var padded = Projection.Pad(dimensions);
            float[] Padded(float[][] rows) => [.. rows.SelectMany(row => row.Concat(new float[padded - dimensions]))];
            var (rows, directions) = (Some.Isotropic(1, 8, dimensions), Some.Isotropic(2, 6, dimensions));
            var (all, one) = (new float[8 * 6], new float[6]);
            Projection.Apply(Padded(rows), Padded(directions), padded, all);
            Projection.ApplyOne(Padded([rows[3]]), Padded(directions), padded, one);
            for (var i = 0; i < 8; i++)
            for (var j = 0; j < 6; j++)
                Assert.Equal(Sums.Dot64(rows[i], directions[j]), all[i * 6 + j], 1e-4);
            for (var j = 0; j < 6; j++)
                Assert.Equal(Sums.Dot64(rows[3], directions[j]), one[j], 1e-4);
        }
    }

    [Fact]
    public void A_lower_bound_is_never_above_the_distance()
    {
        var random = new Random(5);
        for (var n = 1; n <= 67; n++)
            foreach (var scale in new[] { 1e-15f, 1f, 1e6f })
            {
                float[] Draw() => [.. Some.Isotropic(random.Next(), 1, n)[0].Select(value => value * scale)];
                var (a, b) = (Draw(), Draw());
                Check<Cosine>(a, b);
                Check<InnerProduct>(a, b);
                Check<Euclidean>(a, b);
                Check<Euclidean>(a, a);
            }
        static void Check<TMetric>(float[] a, float[] b)
            where TMetric : struct, IMetric =>
            Assert.True(default(TMetric).LowerBound(a, Math.Sqrt(Sums.Dot64(a, a)), b) <= default(TMetric).Distance(a, b));
    }
}
