using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sosia.Training.Kernels;

/// <summary>
/// Max-pool 2×2 and then ReLU (they commute, and so a quarter of the work is left for ReLU), on maps as rows × columns × channels.
/// A byte an output remembers which of the four it was; that is all the way back needs to know, and the maps before the pool need not be
/// kept.
/// </summary>
internal static unsafe class PoolRelu
{
    /// <summary>The output is 0: no gradient passes.</summary>
    public const byte None = 4;

    /// <param name="maps">Images × side × side × filters: what the convolution made.</param>
    /// <param name="shape">The block.</param>
    /// <param name="run">Images, and threads to use.</param>
    /// <param name="pooled">Images × pooled side² × filters, written.</param>
    /// <param name="which">Likewise, written: 0–3 for row · 2 + column of the largest, the first of equals; <see cref="None"/> where it
    /// is not above 0.</param>
    public static void Forward(float* maps, BlockShape shape, (int Images, int Threads) run, float* pooled, byte* which)
    {
        var (side, half, filters) = (shape.ConvolvedSide, shape.PooledSide, shape.Filters);
        Parallel.For(
            0,
            run.Images * half,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            line =>
            {
                var from = maps + ((long)(line / half) * side + line % half * 2) * side * filters;
                var to = pooled + (long)line * half * filters;
                var mark = which + (long)line * half * filters;
                for (var x = 0; x < half; x++, from += 2 * filters, to += filters, mark += filters)
                for (var c = 0; c < filters; c += 8)
                    Eight(from + c, filters, (long)side * filters, to + c, mark + c);
            }
        );
    }

    /// <summary>The way back: the gradient goes where the largest was, all else is 0.</summary>
    /// <param name="gradient">Images × pooled side² × filters.</param>
    /// <param name="which">What <see cref="Forward"/> wrote.</param>
    /// <param name="shape">The block.</param>
    /// <param name="run">Images, and threads to use.</param>
    /// <param name="maps">Images × side × side × filters, written.</param>
    public static void Backward(float* gradient, byte* which, BlockShape shape, (int Images, int Threads) run, float* maps)
    {
        var (side, half, filters) = (shape.ConvolvedSide, shape.PooledSide, shape.Filters);
        var line = (long)side * filters;
        Parallel.For(
            0,
            run.Images * half,
            new ParallelOptions { MaxDegreeOfParallelism = run.Threads },
            row =>
            {
                var to = maps + ((long)(row / half) * side + row % half * 2) * line;
                var from = gradient + (long)row * half * filters;
                var mark = which + (long)row * half * filters;
                for (var x = 0; x < half; x++, from += filters, mark += filters)
                for (var c = 0; c < filters; c += 8)
                {
                    var (value, choice) = (Vector256.Load(from + c), Widen(mark + c));
                    for (var k = 0; k < 4; k++)
                        Vector256
                            .ConditionalSelect(Vector256.Equals(choice, Vector256.Create(k)).AsSingle(), value, default)
                            .Store(to + k / 2 * line + (2 * x + k % 2) * filters + c);
                }
                if (side % 2 == 0)
                    return;
                new Span<float>(to + line - filters, filters).Clear(); // the column that the pool left out,
                new Span<float>(to + 2 * line - filters, filters).Clear();
                if (row % half == half - 1)
                    new Span<float>(to + 2 * line, (int)line).Clear(); // and the row
            }
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* from, int next, long below, float* to, byte* mark)
    {
        var best = Vector256.Load(from);
        var choice = Vector256<int>.Zero;
        Better(Vector256.Load(from + next), 1, ref best, ref choice);
        Better(Vector256.Load(from + below), 2, ref best, ref choice);
        Better(Vector256.Load(from + below + next), 3, ref best, ref choice);
        var dead = Vector256.LessThanOrEqual(best, Vector256<float>.Zero);
        Vector256.ConditionalSelect(dead, Vector256<float>.Zero, best).Store(to); // a NaN stays one, and the loss will tell
        choice = Vector256.ConditionalSelect(dead.AsInt32(), Vector256.Create((int)None), choice);
        var shorts = Vector128.Narrow(choice.GetLower(), choice.GetUpper());
        *(ulong*)mark = Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Better(Vector256<float> candidate, int number, ref Vector256<float> best, ref Vector256<int> choice)
    {
        // "Not less or equal" rather than "greater", so that a NaN wins, and keeps its place, as it does in libtorch.
        var larger = Vector256.Equals(best, best) & ~Vector256.LessThanOrEqual(candidate, best);
        best = Vector256.ConditionalSelect(larger, candidate, best);
        choice = Vector256.ConditionalSelect(larger.AsInt32(), Vector256.Create(number), choice);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Widen(byte* mark)
    {
        var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)mark).AsByte());
        return Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32();
    }
}
