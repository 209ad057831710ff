namespace Sosia.Evaluation.Measures;

/// <summary>A point of a ROC curve.</summary>
/// <param name="FalseMatchRate">Share of pairs of different people at or above the score.</param>
/// <param name="TrueMatchRate">Share of pairs of one person at or above it.</param>
/// <param name="Score">The score.</param>
public readonly record struct RocPoint(double FalseMatchRate, double TrueMatchRate, double Score);

/// <summary>Scores of all pairs of images, counted in bins: those of one person, and those of two.</summary>
/// <param name="Same">Pairs of one person; bin i holds scores from 2i / bins − 1 on.</param>
/// <param name="Different">Pairs of two people.</param>
public sealed record PairScores(long[] Same, long[] Different)
{
    private const int Bins = 2000;

    /// <summary>Counts every pair once; images without a usable face are left out.</summary>
    public static PairScores Measure(LabelledRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (same, different) = (new long[Bins], new long[Bins]);
        int[] used = [.. Enumerable.Range(0, rows.Count).Where(row => rows.Row(row).ContainsAnyExcept(0f))];
        var person = rows.Labels.Select(label => string.Intern(label)).ToArray();
        using var counts = new ThreadLocal<(long[] Same, long[] Different)>(() => (new long[Bins], new long[Bins]), trackAllValues: true);
        Similarities.ForEach(
            rows,
            used,
            (query, scores) =>
            {
                var mine = counts.Value;
                for (var i = Array.BinarySearch(used, query) + 1; i < used.Length; i++)
                    (ReferenceEquals(person[used[i]], person[query]) ? mine.Same : mine.Different)[BinOf(scores[used[i]])]++;
            }
        );
        foreach (var part in counts.Values)
            for (var bin = 0; bin < Bins; bin++)
                (same[bin], different[bin]) = (same[bin] + part.Same[bin], different[bin] + part.Different[bin]);
        return new PairScores(same, different);
    }

    /// <summary>Falling scores, rising rates: a point where a bin has pairs.</summary>
    public IReadOnlyList<RocPoint> Roc()
    {
        double allSame = Same.Sum(),
            allDifferent = Different.Sum();
        var points = new List<RocPoint>();
        long same = 0,
            different = 0;
        for (var bin = Same.Length - 1; bin >= 0; bin--)
        {
            if (Same[bin] + Different[bin] == 0)
                continue;
            (same, different) = (same + Same[bin], different + Different[bin]);
            points.Add(new RocPoint(different / allDifferent, same / allSame, 2.0 * bin / Same.Length - 1));
        }
        return points;
    }

    private static int BinOf(float score) => Math.Clamp((int)((score + 1) * Bins / 2), 0, Bins - 1);
}
