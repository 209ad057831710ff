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
