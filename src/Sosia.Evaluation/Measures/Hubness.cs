using Sosia.Search.Ranking;

namespace Sosia.Evaluation.Measures;

/// <summary>Whether a few images come back for many queries (Radovanović et al. 2010).</summary>
/// <param name="K">Neighbours counted for each image.</param>
/// <param name="Skewness">Of the counts in how many neighbour lists each image stands; 0 is even, large is hubs.</param>
/// <param name="MaxOccurrence">The largest count.</param>
/// <param name="Hub">Row with the largest count, the first of them.</param>
public sealed record Hubness(int K, double Skewness, int MaxOccurrence, int Hub)
{
    /// <summary>Counts the k nearest others of every image.</summary>
    public static Hubness Measure(LabelledRows rows, int k = 20)
    {
        ArgumentNullException.ThrowIfNull(rows);
        k = Math.Min(k, rows.Count - 1);
        var counts = new int[rows.Count];
        Similarities.ForEach(
            rows,
            [.. Enumerable.Range(0, rows.Count)],
            (query, scores) =>
            {
                scores[query] = float.NegativeInfinity;
                foreach (var near in new NearestRows(k, float.NegativeInfinity).Offer(scores).Rows)
                    Interlocked.Increment(ref counts[near.Row]);
            }
        );
        return new Hubness(k, SkewnessOf(counts), counts.Max(), Array.IndexOf(counts, counts.Max()));
    }

    /// <summary>Third standardised moment; 0 when all are equal.</summary>
    internal static double SkewnessOf(IReadOnlyCollection<int> counts)
    {
        var mean = counts.Average();
        var variance = counts.Average(count => (count - mean) * (count - mean));
        return variance == 0 ? 0 : counts.Average(count => Math.Pow(count - mean, 3)) / Math.Pow(variance, 1.5);
    }
}
