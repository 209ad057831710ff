using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sosia.Evaluation.Experiments.Products;

/// <summary>What is summed over the features of two rows.</summary>
internal enum PairSum
{
    /// <summary>Products: what Euclidean distances and cosines are made of.</summary>
    Products,

    /// <summary>Absolute differences: the Manhattan distance.</summary>
    Differences,
}

/// <summary>
/// Dot products, or sums of absolute differences, of up to <see cref="Side"/> rows with as many others: a block of a matrix product (Goto
/// and van de Geijn 2008). A piece of both is packed where it stays in cache: the one as rows, the other in panels of 16 rows side by side;
/// 6 × 16 sums stay in registers. Scratch of one thread.
/// </summary>
internal sealed unsafe class ProductBlock(PairSum sum = PairSum.Products)
{
    /// <summary>Rows on each side, at most.</summary>
    public const int Side = 1024;

    private const int TileRows = 6;
    private const int TileColumns = 16;

    /// <summary>A panel of 16 × 256 floats takes half of a first-level cache of 32 KB.</summary>
    private const int Piece = 256;

    private const int PaddedRows = (Side + TileRows - 1) / TileRows * TileRows;

    private readonly float[] _left = GC.AllocateArray<float>(PaddedRows * Piece, pinned: true);
    private readonly float[] _right = GC.AllocateArray<float>(Side * Piece, pinned: true);
    private readonly float[] _sums = GC.AllocateArray<float>(PaddedRows * Side, pinned: true);

    /// <summary>Computes the sums of all pairs of the two ranges.</summary>
    /// <param name="left">One table.</param>
    /// <param name="ofLeft">Its first row, and how many.</param>
    /// <param name="right">The other table, of the same dimensions.</param>
    /// <param name="ofRight">Its first row, and how many.</param>
    /// <param name="cancellation">Looked at every 256 features.</param>
    public void Compute(
        IFeatureRows left,
        (int First, int Count) ofLeft,
        IFeatureRows right,
        (int First, int Count) ofRight,
        CancellationToken cancellation
    )
    {
        if (left.Dimensions != right.Dimensions)
            throw new ArgumentException($"Expected {left.Dimensions} dimensions, got {right.Dimensions}.", nameof(right));
        Array.Clear(_sums);
        for (var from = 0; from < left.Dimensions; from += Piece)
        {
            cancellation.ThrowIfCancellationRequested();
            var width = Math.Min(Piece, left.Dimensions - from);
            PackLeft(left, ofLeft, from, width);
            PackRight(right, ofRight, from, width);
            Multiply((ofLeft.Count + TileRows - 1) / TileRows, (ofRight.Count + TileColumns - 1) / TileColumns, width);
        }
    }

    /// <summary>The sums of a row of the left with all of the right, after <see cref="Compute"/>.</summary>
    /// <param name="row">Counted from the first of the range.</param>
    /// <param name="count">Rows of the right.</param>
    public ReadOnlySpan<float> Row(int row, int count) => _sums.AsSpan(row * Side, count);

    private void PackLeft(IFeatureRows rows, (int First, int Count) range, int from, int width)
    {
        for (var r = 0; r < range.Count; r++)
            rows.Read(range.First + r, from, _left.AsSpan(r * width, width));
        var padded = (range.Count + TileRows - 1) / TileRows * TileRows;
        _left.AsSpan(range.Count * width, (padded - range.Count) * width).Clear();
    }

    /// <summary>Panel of 16 rows, feature, row; zero behind the last row.</summary>
    private void PackRight(IFeatureRows rows, (int First, int Count) range, int from, int width)
    {
        Span<float> values = stackalloc float[Piece];
        values = values[..width];
        for (var panel = 0; panel < range.Count; panel += TileColumns)
        {
            var into = _right.AsSpan(panel * width, TileColumns * width);
            for (var r = 0; r < TileColumns; r++)
            {
                if (panel + r < range.Count)
                    rows.Read(range.First + panel + r, from, values);
                else
                    values.Clear();
                for (var i = 0; i < values.Length; i++)
                    into[i * TileColumns + r] = values[i];
            }
        }
    }

    private void Multiply(int tiles, int panels, int width)
    {
        fixed (
            float* left = _left,
                right = _right,
                sums = _sums
        )
            for (var panel = 0; panel < panels; panel++)
            for (var tile = 0; tile < tiles; tile++)
            {
                float* rows = left + tile * TileRows * width,
                    others = right + panel * TileColumns * width,
                    into = sums + tile * TileRows * Side + panel * TileColumns;
                if (sum == PairSum.Products)
                    Tile(rows, others, width, into);
                else
                    DifferenceTile(rows, others, width, into);
            }
    }

    /// <summary>
    /// 6 × 16 products: twelve vectors of eight sums, two of the right and one of the left make fifteen of sixteen registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)] // registers for itself
    private static void Tile(float* l0, float* right, int width, float* sums)
    {
        float* l1 = l0 + width,
            l2 = l1 + width,
            l3 = l2 + width,
            l4 = l3 + width,
            l5 = l4 + width;
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
        for (var i = 0; i < width; i++, right += TileColumns)
        {
            Vector256<float> x0 = Vector256.Load(right),
                x1 = Vector256.Load(right + 8);
            var v = Vector256.Create(l0[i]);
            a0 = Vector256.FusedMultiplyAdd(v, x0, a0);
            a1 = Vector256.FusedMultiplyAdd(v, x1, a1);
            v = Vector256.Create(l1[i]);
            b0 = Vector256.FusedMultiplyAdd(v, x0, b0);
            b1 = Vector256.FusedMultiplyAdd(v, x1, b1);
            v = Vector256.Create(l2[i]);
            c0 = Vector256.FusedMultiplyAdd(v, x0, c0);
            c1 = Vector256.FusedMultiplyAdd(v, x1, c1);
            v = Vector256.Create(l3[i]);
            d0 = Vector256.FusedMultiplyAdd(v, x0, d0);
            d1 = Vector256.FusedMultiplyAdd(v, x1, d1);
            v = Vector256.Create(l4[i]);
            e0 = Vector256.FusedMultiplyAdd(v, x0, e0);
            e1 = Vector256.FusedMultiplyAdd(v, x1, e1);
            v = Vector256.Create(l5[i]);
            f0 = Vector256.FusedMultiplyAdd(v, x0, f0);
            f1 = Vector256.FusedMultiplyAdd(v, x1, f1);
        }
        Add(sums, a0, a1);
        Add(sums + Side, b0, b1);
        Add(sums + 2 * Side, c0, c1);
        Add(sums + 3 * Side, d0, d1);
        Add(sums + 4 * Side, e0, e1);
        Add(sums + 5 * Side, f0, f1);
    }

    /// <summary>
    /// 6 × 16 sums of absolute differences, three rows at a time: six vectors of sums, two of the right, one of the left, and room for the
    /// differences.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void DifferenceTile(float* left, float* right, int width, float* sums)
    {
        for (var row = 0; row < TileRows; row += 3)
        {
            float* l0 = left + row * width,
                l1 = l0 + width,
                l2 = l1 + width,
                x = right;
            Vector256<float> a0 = default,
                a1 = default,
                b0 = default,
                b1 = default,
                c0 = default,
                c1 = default;
            for (var i = 0; i < width; i++, x += TileColumns)
            {
                Vector256<float> x0 = Vector256.Load(x),
                    x1 = Vector256.Load(x + 8);
                var v = Vector256.Create(l0[i]);
                a0 += Vector256.Abs(v - x0);
                a1 += Vector256.Abs(v - x1);
                v = Vector256.Create(l1[i]);
                b0 += Vector256.Abs(v - x0);
                b1 += Vector256.Abs(v - x1);
                v = Vector256.Create(l2[i]);
                c0 += Vector256.Abs(v - x0);
                c1 += Vector256.Abs(v - x1);
            }
            Add(sums + row * Side, a0, a1);
            Add(sums + (row + 1) * Side, b0, b1);
            Add(sums + (row + 2) * Side, c0, c1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* sums, Vector256<float> first, Vector256<float> second)
    {
        (Vector256.Load(sums) + first).Store(sums);
        (Vector256.Load(sums + 8) + second).Store(sums + 8);
    }
}
