using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sosia.Training.Kernels;

/// <summary>Adam (Kingma and Ba 2015, Algorithm 1, with the bias correction in the step size, as Keras does it).</summary>
/// <param name="Step">The step size with the bias of both moments corrected.</param>
internal readonly record struct AdamRate(float Step)
{
    public const float Decay1 = 0.9f;
    public const float Decay2 = 0.999f;
    public const float Epsilon = 1e-7f;

    /// <param name="learningRate">Adam's step size.</param>
    /// <param name="step">Steps done, this one included.</param>
    public static AdamRate At(float learningRate, long step) =>
        new((float)(learningRate * Math.Sqrt(1 - Math.Pow(Decay2, step)) / (1 - Math.Pow(Decay1, step))));

    /// <summary>Eight weights with their moments, given their gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Update(float* weight, float* mean, float* square, Vector256<float> gradient, Vector256<float> step)
    {
        var m = Vector256.Load(mean);
        m += (gradient - m) * Vector256.Create(1 - Decay1);
        m.Store(mean);
        var v = Vector256.Load(square);
        v += (gradient * gradient - v) * Vector256.Create(1 - Decay2);
        v.Store(square);
        (Vector256.Load(weight) - step * m / (Vector256.Sqrt(v) + Vector256.Create(Epsilon))).Store(weight);
    }

    /// <summary>Any number of weights.</summary>
    public unsafe void Update(Span<float> weights, Span<float> means, Span<float> squares, ReadOnlySpan<float> gradients)
    {
        if (weights.Length != gradients.Length || means.Length != gradients.Length || squares.Length != gradients.Length)
            throw new ArgumentException(
                $"Expected {weights.Length} gradients and moments, got {gradients.Length}, {means.Length} and {squares.Length}.",
                nameof(gradients)
            );
        var i = 0;
        fixed (
            float* w = weights,
                m = means,
                v = squares,
                g = gradients
        )
        {
            for (; i <= weights.Length - Vector256<float>.Count; i += Vector256<float>.Count)
                Update(w + i, m + i, v + i, Vector256.Load(g + i), Vector256.Create(Step));
            for (; i < weights.Length; i++)
            {
                m[i] += (g[i] - m[i]) * (1 - Decay1);
                v[i] += (g[i] * g[i] - v[i]) * (1 - Decay2);
                w[i] -= Step * m[i] / (MathF.Sqrt(v[i]) + Epsilon);
            }
        }
    }
}
