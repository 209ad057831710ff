using Sosia.People.Groups;

namespace Sosia.Evaluation.Measures;

/// <summary>Groups of people without anybody's word, by average linkage: the threshold chosen on half of the people.</summary>
/// <param name="Threshold">The threshold that gave the best BCubed F on the half that it was chosen on.</param>
/// <param name="OtherHalf">With it, on the people of the other half alone.</param>
/// <param name="All">With it, on all people.</param>
/// <param name="AtDefault">On all people with the threshold that the product uses.</param>
public sealed record Grouping(double Threshold, GroupScores OtherHalf, GroupScores All, GroupScores AtDefault)
{
    private static readonly float[] Thresholds = [.. Enumerable.Range(36, 21).Select(percent => percent / 100f)];

    /// <summary>Groups the rows; a row of zeros stays alone.</summary>
    /// <param name="rows">All people.</param>
    /// <param name="seed">Of the halves.</param>
    public static Grouping Measure(LabelledRows rows, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        string[] people = [.. rows.People.Select(person => person.Key)];
        new Random(seed).Shuffle(people);
        var chosenOn = people.Take(people.Length / 2).ToHashSet(StringComparer.Ordinal);
        var (one, other) = (Only(rows, chosenOn.Contains), Only(rows, person => !chosenOn.Contains(person)));

        var near = Near(one);
        var threshold = Thresholds.MaxBy(at => Group(one, near, at).BCubedF);
        var nearAll = Near(rows);
        return new Grouping(
            Math.Round(threshold, 2),
            Group(other, Near(other), threshold),
            Group(rows, nearAll, threshold),
            Group(rows, nearAll, GroupingOptions.DefaultThreshold)
        );
    }

    private static GroupScores Group(LabelledRows rows, (int One, int Other, float Cosine)[] near, float threshold)
    {
        float[][] vectors = [.. Enumerable.Range(0, rows.Count).Select(row => rows.Row(row).ToArray())];
        var rules = new JoinRules([.. Enumerable.Range(1, rows.Count).Select(photo => (long)photo)], (_, _) => false);
        var edges = near.Where(pair => pair.Cosine >= threshold).Select(pair => (pair.One, pair.Other));
        return GroupScores.Of(AverageLinkage.Group(vectors, edges, rules, threshold), rows.Labels);
    }

    /// <summary>All pairs that reach the lowest threshold.</summary>
    private static (int One, int Other, float Cosine)[] Near(LabelledRows rows)
    {
        var pairs = new List<(int, int, float)>[rows.Count];
        Similarities.ForEach(rows, [.. Enumerable.Range(0, rows.Count)], (row, scores) =>
        {
            pairs[row] = [];
            for (var other = row + 1; other < scores.Length; other++)
                if (scores[other] >= Thresholds[0])
                    pairs[row].Add((row, other, scores[other]));
        });
        return [.. pairs.SelectMany(found => found)];
    }

    private static LabelledRows Only(LabelledRows rows, Func<string, bool> wanted)
    {
        int[] kept = [.. Enumerable.Range(0, rows.Count).Where(row => wanted(rows.Labels[row]))];
        return new LabelledRows(
            rows.Dimensions,
            [.. kept.SelectMany(row => rows.Row(row).ToArray())],
            [.. kept.Select(row => rows.Labels[row])],
            [.. kept.Select(row => rows.Files[row])]
        );
    }
}
