using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sosia.Vectors.Exact;

/// <summary>Products of many rows with many directions, four rows by two directions at a time: each load serves several products.</summary>
internal static unsafe class Projection
{
    /// <summary>Rows and directions are padded with zeros to a multiple of this.</summary>
    public const int Step = 64;

    public static int Pad(int dimensions) => (dimensions + Step - 1) / Step * Step;

    /// <summary>What a product can be wrong by, as a share of both lengths: at least four lanes sum side by side.</summary>
    public static double Error(int dimensions) => (Pad(dimensions) / 4 + 8) * 6e-8;

    /// <param name="rows">Rows × padded, the rows a multiple of 4.</param>
    /// <param name="directions">An even number of directions × padded.</param>
    /// <param name="padded">A multiple of <see cref="Step"/>.</param>
    /// <param name="into">Rows × directions.</param>
    public static void Apply(ReadOnlySpan<float> rows, ReadOnlySpan<float> directions, int padded, Span<float> into)
    {
        var (count, width) = (rows.Length / padded, directions.Length / padded);
        fixed (
            float* r = rows,
                d = directions,
                o = into
        )
        {
            for (var row = 0; row < count; row += 4)
            for (var direction = 0; direction < width; direction += 2)
                Block(r + (nint)row * padded, d + (nint)direction * padded, padded, o + (nint)row * width + direction, width);
        }
    }

    private static void Block(float* r, float* d, int n, float* o, int width)
    {
        var (a0, a1, a2, a3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (b0, b1, b2, b3) = (a0, a0, a0, a0);
        for (nint i = 0; i < n; i += Vector<float>.Count)
        {
            var (x, y) = (Vector.Load(d + i), Vector.Load(d + n + i));
            var row = Vector.Load(r + i);
            (a0, b0) = (Vector.MultiplyAddEstimate(row, x, a0), Vector.MultiplyAddEstimate(row, y, b0));
            row = Vector.Load(r + n + i);
            (a1, b1) = (Vector.MultiplyAddEstimate(row, x, a1), Vector.MultiplyAddEstimate(row, y, b1));
            row = Vector.Load(r + 2 * n + i);
            (a2, b2) = (Vector.MultiplyAddEstimate(row, x, a2), Vector.MultiplyAddEstimate(row, y, b2));
            row = Vector.Load(r + 3 * n + i);
            (a3, b3) = (Vector.MultiplyAddEstimate(row, x, a3), Vector.MultiplyAddEstimate(row, y, b3));
        }
        (o[0], o[1]) = (Vector.Sum(a0), Vector.Sum(b0));
        (o[width], o[width + 1]) = (Vector.Sum(a1), Vector.Sum(b1));
        (o[2 * width], o[2 * width + 1]) = (Vector.Sum(a2), Vector.Sum(b2));
        (o[3 * width], o[3 * width + 1]) = (Vector.Sum(a3), Vector.Sum(b3));
    }

    /// <summary>
    /// Products of one row with many directions, four at a time where there are as many: eight chains keep both multipliers busy.
    /// </summary>
    public static void ApplyOne(ReadOnlySpan<float> row, ReadOnlySpan<float> directions, int padded, Span<float> into)
    {
        fixed (
            float* r = row,
                d = directions,
                o = into
        )
        {
            var (width, j) = (directions.Length / padded, 0);
            for (; j + 4 <= width; j += 4)
                Four(r, d + (nint)j * padded, padded, o + j);
            if (j < width)
                Two(r, d + (nint)j * padded, padded, o + j);
        }
    }

    private static void Four(float* r, float* d, int n, float* o)
    {
        var (a0, a1, b0, b1) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (c0, c1, e0, e1) = (a0, a0, a0, a0);
        float* second = d + n,
            third = second + n,
            fourth = third + n;
        var width = Vector<float>.Count;
        for (nint i = 0; i < n; i += 2 * width)
        {
            var (x, y) = (Vector.Load(r + i), Vector.Load(r + i + width));
            (a0, a1) = (Add(x, d + i, a0), Add(y, d + i + width, a1));
            (b0, b1) = (Add(x, second + i, b0), Add(y, second + i + width, b1));
            (c0, c1) = (Add(x, third + i, c0), Add(y, third + i + width, c1));
            (e0, e1) = (Add(x, fourth + i, e0), Add(y, fourth + i + width, e1));
        }
        (o[0], o[1], o[2], o[3]) = (Vector.Sum(a0 + a1), Vector.Sum(b0 + b1), Vector.Sum(c0 + c1), Vector.Sum(e0 + e1));
    }

    private static void Two(float* r, float* d, int n, float* o)
    {
        var (a0, a1, b0, b1) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var width = Vector<float>.Count;
        for (nint i = 0; i < n; i += 2 * width)
        {
            var (x, y) = (Vector.Load(r + i), Vector.Load(r + i + width));
            (a0, a1) = (Add(x, d + i, a0), Add(y, d + i + width, a1));
            (b0, b1) = (Add(x, d + n + i, b0), Add(y, d + n + i + width, b1));
        }
        (o[0], o[1]) = (Vector.Sum(a0 + a1), Vector.Sum(b0 + b1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Add(Vector<float> row, float* direction, Vector<float> sum) =>
        Vector.MultiplyAddEstimate(row, Vector.Load(direction), sum);
}
