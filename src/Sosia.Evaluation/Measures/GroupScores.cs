namespace Sosia.Evaluation.Measures;

/// <summary>How well groups agree with people.</summary>
/// <param name="Groups">Groups, those of one image included.</param>
/// <param name="Precision">Share of the pairs in one group that are one person's; 1 where there is no pair.</param>
/// <param name="Recall">Share of the pairs of one person that are in one group; 1 where there is no pair.</param>
/// <param name="BCubedPrecision">Share of an image's group that is its person's, the mean over all images (Bagga and Baldwin 1998).</param>
/// <param name="BCubedRecall">Share of its person's images that are in its group, likewise.</param>
public sealed record GroupScores(int Groups, double Precision, double Recall, double BCubedPrecision, double BCubedRecall)
{
    /// <summary>Harmonic mean of the pairs' precision and recall.</summary>
    public double PairwiseF => HarmonicMean(Precision, Recall);

    /// <summary>Harmonic mean of the images' precision and recall.</summary>
    public double BCubedF => HarmonicMean(BCubedPrecision, BCubedRecall);

    /// <summary>Compares groups with labels.</summary>
    /// <param name="groups">The images of each group; every image is in one.</param>
    /// <param name="labels">The person of each image.</param>
    public static GroupScores Of(IReadOnlyList<IReadOnlyList<int>> groups, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(labels);
        var people = labels.CountBy(label => label).ToDictionary();
        var (together, right) = (0L, 0L); // pairs
        var (precision, recall) = (0.0, 0.0); // sums over images
        foreach (var group in groups)
        {
            together += Pairs(group.Count);
            foreach (var (person, count) in group.CountBy(image => labels[image]))
            {
                right += Pairs(count);
                precision += (double)count * count / group.Count;
                recall += (double)count * count / people[person];
            }
        }
        var wanted = people.Values.Sum(count => Pairs(count));
        return new GroupScores(
            groups.Count,
            together == 0 ? 1 : (double)right / together,
            wanted == 0 ? 1 : (double)right / wanted,
            precision / labels.Count,
            recall / labels.Count
        );
    }

    private static long Pairs(long images) => images * (images - 1) / 2;

    private static double HarmonicMean(double one, double other) => one + other == 0 ? 0 : 2 * one * other / (one + other);
}
