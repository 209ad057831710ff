using Sosia.Models;

namespace Sosia.Embeddings;

/// <summary>Which pixels of a line make one pixel of the scaled line, and with what share.</summary>
/// <param name="First">The first pixel.</param>
/// <param name="Weights">Shares of it and of those after it; they add up to 1.</param>
internal readonly record struct ScalingWeights(int First, float[] Weights)
{
    /// <summary>The weights of every pixel of a scaled line.</summary>
    /// <param name="from">Where the part that is scaled begins, in pixels.</param>
    /// <param name="length">Its length, in pixels.</param>
    /// <param name="size">Pixels of the line.</param>
    /// <param name="toSize">Pixels of the scaled line.</param>
    /// <param name="how">The kernel; it grows with the shrinking, so that nothing aliases.</param>
    public static ScalingWeights[] Make(double from, double length, int size, int toSize, Interpolation how)
    {
        var step = length / toSize;
        var stretch = Math.Max(step, 1);
        var radius =
            how == Interpolation.Bicubic ? 2 * stretch
            : how == Interpolation.Area && step > 1 ? step / 2 + 0.5
            : stretch;
        var line = new ScalingWeights[toSize];
        for (var i = 0; i < toSize; i++)
        {
            var centre = from + (i + 0.5) * step;
            var first = Math.Clamp((int)Math.Floor(centre - radius), 0, size - 1);
            var last = Math.Clamp((int)Math.Ceiling(centre + radius), first + 1, size);
            var weights = new double[last - first];
            for (var p = 0; p < weights.Length; p++)
                weights[p] = Weight(first + p + 0.5 - centre, step, stretch, how);
            var sum = weights.Sum();
            line[i] = new ScalingWeights(first, [.. weights.Select(w => (float)(w / sum))]);
        }
        return line;
    }

    /// <summary>
    /// The share, not yet brought to a sum of 1, of a pixel whose middle is that far from the new pixel's, in old pixels.
    /// </summary>
    private static double Weight(double distance, double step, double stretch, Interpolation how) =>
        how switch
        {
            Interpolation.Bicubic => Keys(Math.Abs(distance) / stretch),
            Interpolation.Area when step > 1 => Math.Clamp(step / 2 + 0.5 - Math.Abs(distance), 0, 1),
            _ => Math.Max(0, 1 - Math.Abs(distance) / stretch),
        };

    /// <summary>Keys 1981, "Cubic convolution interpolation for digital image processing", a = −0.5.</summary>
    private static double Keys(double x) =>
        x switch
        {
            < 1 => (1.5 * x - 2.5) * x * x + 1,
            < 2 => ((-0.5 * x + 2.5) * x - 4) * x + 2,
            _ => 0,
        };
}
