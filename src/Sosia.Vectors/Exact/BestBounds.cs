using System.Numerics;
using System.Runtime.Intrinsics;

namespace Sosia.Vectors.Exact;

/// <summary>Picks rows by their bounds. A bound that is NaN rules nothing out, and so counts as the best.</summary>
internal static unsafe class BestBounds
{
    private const int Together = 32;

    /// <summary>The positions of all bounds that are not below a cut.</summary>
    public static void Above(float* bounds, int count, float cut, List<(float Bound, int Row)> into)
    {
        var i = 0;
        var limit = Vector256.Create(cut);
        for (; i + Together <= count; i += Together)
        {
            if (AllBelow(bounds + i, limit))
                continue;
            for (var part = i; part < i + Together; part += 8)
            {
                var left = ~Vector256.LessThan(Vector256.Load(bounds + part), limit).ExtractMostSignificantBits() & 0xFF;
                for (; left != 0; left &= left - 1)
                    Take(bounds, part + BitOperations.TrailingZeroCount(left), into);
            }
        }
        for (; i < count; i++)
            if (!(bounds[i] < cut))
                Take(bounds, i, into);
    }

    /// <summary>The positions of the best bounds of allowed rows, best first.</summary>
    /// <param name="bounds">The bounds.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="wanted">How many to find, and above which bound; fewer are found where there are not so many.</param>
    /// <param name="allowed">Whether a position counts.</param>
    /// <param name="into">Cleared first.</param>
    public static void Find(
        float* bounds,
        int count,
        (int Count, float Above) wanted,
        Func<int, bool> allowed,
        List<(float Bound, int Row)> into
    )
    {
        into.Clear();
        var best = new PriorityQueue<int, float>(wanted.Count + 1);
        var least = wanted.Above;
        for (var part = 0; part < count; part += Together)
        {
            var end = Math.Min(count, part + Together);
            // Nearly always no bound of a part is better than those found.
            if (end - part == Together && AllAtMost(bounds + part, least))
                continue;
            for (var i = part; i < end; i++)
            {
                if (bounds[i] <= least || !allowed(i))
                    continue;
                var bound = float.IsNaN(bounds[i]) ? float.PositiveInfinity : bounds[i];
                if (best.Count < wanted.Count)
                    best.Enqueue(i, bound);
                else
                    best.DequeueEnqueue(i, bound);
                if (best.Count == wanted.Count && best.TryPeek(out _, out var lowest))
                    least = lowest;
            }
        }
        while (best.TryDequeue(out var position, out var bound))
            into.Add((bound, position));
        into.Reverse();
    }

    /// <summary>The positions of all bounds from a cut to below another, in steps from the best to the worst.</summary>
    public static (float Bound, int Row)[] Between(float* bounds, int count, float cut, float below)
    {
        const int steps = 64;
        var found = new List<(float Bound, int Row)>();
        Above(bounds, count, cut, found);
        var best = float.NegativeInfinity;
        foreach (var (bound, _) in found)
            if (bound < below)
                best = Math.Max(best, Math.Min(bound, float.MaxValue));
        var least = Math.Max(cut, float.MinValue);
        var scale = steps / Math.Max(best - (double)least, 1e-30);
        int StepOf(float bound) => steps - 1 - (int)Math.Clamp((bound - (double)least) * scale, 0, steps - 1);

        var places = new int[steps + 1];
        foreach (var (bound, _) in found)
            if (bound < below || float.IsPositiveInfinity(below))
                places[StepOf(bound) + 1]++;
        for (var step = 0; step < steps; step++)
            places[step + 1] += places[step];
        var sorted = new (float Bound, int Row)[places[steps]];
        foreach (var (bound, row) in found)
            if (bound < below || float.IsPositiveInfinity(below))
                sorted[places[StepOf(bound)]++] = (bound, row);
        return sorted;
    }

    /// <summary>About the bound that so many are not below; −∞ where that would be most of them.</summary>
    public static float Quantile(float* bounds, int count, double wanted)
    {
        const int most = 1 << 12;
        var step = Math.Max(1, count / most);
        var sample = new float[(count + step - 1) / step];
        for (var i = 0; i < sample.Length; i++)
            sample[i] = float.IsNaN(bounds[(long)i * step]) ? float.PositiveInfinity : bounds[(long)i * step];
        Array.Sort(sample);
        var place = sample.Length - 1 - (long)Math.Ceiling(wanted / step);
        return place < sample.Length / 8 ? float.NegativeInfinity : sample[place];
    }

    private static bool AllBelow(float* bounds, Vector256<float> limit)
    {
        var first = Vector256.LessThan(Vector256.Load(bounds), limit) & Vector256.LessThan(Vector256.Load(bounds + 8), limit);
        var second = Vector256.LessThan(Vector256.Load(bounds + 16), limit) & Vector256.LessThan(Vector256.Load(bounds + 24), limit);
        return (first & second).ExtractMostSignificantBits() == 0xFF;
    }

    private static bool AllAtMost(float* bounds, float most)
    {
        var limit = Vector256.Create(most);
        var first = Vector256.LessThanOrEqual(Vector256.Load(bounds), limit) & Vector256.LessThanOrEqual(Vector256.Load(bounds + 8), limit);
        var second =
            Vector256.LessThanOrEqual(Vector256.Load(bounds + 16), limit) & Vector256.LessThanOrEqual(Vector256.Load(bounds + 24), limit);
        return (first & second).ExtractMostSignificantBits() == 0xFF;
    }

    private static void Take(float* bounds, int i, List<(float Bound, int Row)> into)
    {
        if (bounds[i] != float.NegativeInfinity)
            into.Add((float.IsNaN(bounds[i]) ? float.PositiveInfinity : bounds[i], i));
    }
}
