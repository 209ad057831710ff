using System.Numerics.Tensors;

namespace Sosia.Evaluation.Measures;

/// <summary>Two images: the same person or not.</summary>
/// <param name="First">Row of one image.</param>
/// <param name="Second">Row of the other.</param>
/// <param name="Same">The truth.</param>
public readonly record struct Pair(int First, int Second, bool Same);

/// <summary>Verification in folds: the threshold that was best on the others decides each fold.</summary>
/// <param name="Accuracy">Mean over folds of the share of pairs decided rightly.</param>
/// <param name="Std">Standard deviation over folds.</param>
/// <param name="Pairs">All pairs.</param>
public sealed record Verification(double Accuracy, double Std, int Pairs)
{
    /// <summary>Measures folds of pairs.</summary>
    public static Verification Measure(LabelledRows rows, IReadOnlyList<IReadOnlyList<Pair>> folds)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var scored = folds.Select(fold => fold.Select(pair => (Score: Score(rows, pair), pair.Same)).ToArray()).ToArray();
        var accuracies = scored
            .Select(
                (fold, i) =>
                {
                    var threshold = BestThreshold([.. scored.Where((_, other) => other != i).SelectMany(pairs => pairs)]);
                    return fold.Count(pair => pair.Score >= threshold == pair.Same) / (double)fold.Length;
                }
            )
            .ToArray();
        var mean = accuracies.Average();
        return new Verification(
            mean,
            Math.Sqrt(accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / accuracies.Length),
            scored.Sum(fold => fold.Length)
        );
    }

    /// <summary>The pair's cosine.</summary>
    public static float Score(LabelledRows rows, Pair pair) => TensorPrimitives.Dot(rows.Row(pair.First), rows.Row(pair.Second));

    /// <summary>The score at which most pairs are decided rightly; midway to the next lower one.</summary>
    internal static float BestThreshold((float Score, bool Same)[] pairs)
    {
        Array.Sort(pairs, static (a, b) => a.Score.CompareTo(b.Score));
        var right = pairs.Count(pair => pair.Same); // threshold below all: every pair is called the same
        var (best, threshold) = (right, float.NegativeInfinity);
        for (var i = 0; i < pairs.Length; i++)
        {
            right += pairs[i].Same ? -1 : 1;
            if (right <= best || (i + 1 < pairs.Length && pairs[i + 1].Score == pairs[i].Score))
                continue;
            (best, threshold) = (right, i + 1 < pairs.Length ? (pairs[i].Score + pairs[i + 1].Score) / 2 : float.PositiveInfinity);
        }
        return threshold;
    }
}
