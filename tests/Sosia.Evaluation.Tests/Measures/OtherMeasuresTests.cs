using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation.Tests.Measures;

public class OtherMeasuresTests
{
    [Fact]
    public void The_best_threshold_decides_most_pairs_and_lies_between_two_scores()
    {
        (float, bool)[] pairs = [(0.1f, false), (0.2f, false), (0.3f, true), (0.35f, false), (0.36f, false), (0.8f, true), (0.9f, true)];
        Assert.Equal(0.58f, Verification.BestThreshold(pairs), 6);
        Assert.Equal(float.NegativeInfinity, Verification.BestThreshold([(0.1f, true)]));
        Assert.Equal(float.PositiveInfinity, Verification.BestThreshold([(0.1f, false)]));
    }

    [Fact]
    public void Each_fold_is_decided_by_the_threshold_of_the_others()
    {
        // In each fold one pair of one person and one of two. The first fold's pairs lie on the wrong side of the second's threshold.
        var rows = Some.Angles(("A", 0), ("A", 60), ("B", 45), ("C", 200), ("C", 210), ("D", 250));
        IReadOnlyList<IReadOnlyList<Pair>> folds =
        [
            [new Pair(0, 1, true), new Pair(0, 2, false)],
            [new Pair(3, 4, true), new Pair(3, 5, false)],
        ];
        var found = Verification.Measure(rows, folds);
        Assert.Equal(4, found.Pairs);
        Assert.InRange(found.Accuracy, 0.24, 0.51);
        Assert.Equal(
            1,
            Verification
                .Measure(
                    rows,
                    [
                        [folds[1][0]],
                        [folds[1][0]],
                    ]
                )
                .Accuracy
        );
    }

    [Fact]
    public void The_open_set_rate_counts_genuine_probes_above_the_score_that_lets_so_many_impostors_through()
    {
        float[] alarms = [.. Enumerable.Range(0, 100).Select(i => 1 - i / 100f)]; // falling
        Assert.Equal(0.5, OpenSet.Rate([0.995f, 0.98f], alarms, 0.01), 12); // the threshold is the second alarm, 0.99
        Assert.Equal(1, OpenSet.Rate([0.995f, 0.98f], alarms, 0.05), 12);
        Assert.Equal(0, OpenSet.Rate([float.NegativeInfinity], alarms, 0.5), 12);
    }

    [Fact]
    public void People_far_apart_are_told_apart_and_draws_are_the_same_again()
    {
        var rows = Some.People(80, person => person < 40 ? 3 : 1, scatter: 0.1);
        var found = OpenSet.Measure(rows, gallery: 30);
        Assert.Equal((30, 30, 40), (found.Gallery, found.Genuine, found.Impostors));
        Assert.Equal(1, found.DirAtFar1);
        var noisy = Some.People(80, person => person < 40 ? 3 : 1, scatter: 2);
        Assert.InRange(OpenSet.Measure(noisy, gallery: 30).DirAtFar1, 0, 0.9);
        Assert.Equal(OpenSet.Measure(noisy, gallery: 30), OpenSet.Measure(noisy, gallery: 30));
    }

    [Fact]
    public void Skewness_is_the_third_standardised_moment()
    {
        Assert.Equal(0, Hubness.SkewnessOf([5, 5, 5]));
        Assert.Equal(0, Hubness.SkewnessOf([1, 2, 3]), 12);
        Assert.Equal(2 / Math.Sqrt(3), Hubness.SkewnessOf([0, 0, 0, 4]), 12);
    }

    [Fact]
    public void A_row_in_the_middle_of_all_is_a_hub()
    {
        var rows = Some.People(200, _ => 1, scatter: 0);
        var middle = new float[rows.Dimensions];
        for (var row = 0; row < rows.Count; row++)
        for (var d = 0; d < middle.Length; d++)
            middle[d] += rows.Row(row)[d];
        var even = Hubness.Measure(rows, k: 5);
        var hub = Hubness.Measure(rows.With([.. middle.Select(value => value * 10), .. rows.Rows[rows.Dimensions..]]), k: 5);
        Assert.True(hub.MaxOccurrence > even.MaxOccurrence);
        Assert.True(hub.Skewness > even.Skewness);
    }

    [Fact]
    public void Blocks_of_products_are_the_products_one_by_one()
    {
        var rows = Some.People(61, _ => 3, 0.7, dimensions: 45);
        var seen = 0;
        Similarities.ForEach(
            rows,
            [.. Enumerable.Range(0, rows.Count)],
            (query, scores) =>
            {
                Interlocked.Increment(ref seen);
                for (var other = 0; other < rows.Count; other++)
                {
                    double expected = 0;
                    for (var d = 0; d < rows.Dimensions; d++)
                        expected += (double)rows.Row(query)[d] * rows.Row(other)[d];
                    Assert.Equal(expected, scores[other], 5e-6);
                }
            }
        );
        Assert.Equal(rows.Count, seen);
    }

    [Fact]
    public void Expansion_draws_the_images_of_a_person_together()
    {
        var rows = Some.People(40, _ => 6, scatter: 0.9);
        var expanded = Expansion.Expand(rows);
        for (var row = 0; row < rows.Count; row++)
            Assert.Equal(1, expanded.Row(row).ToArray().Sum(value => (double)value * value), 5e-6);
        var everyone = Retrieval.EveryoneWithTwoOrMore(rows);
        Assert.True(Retrieval.Measure(expanded, everyone).Map > Retrieval.Measure(rows, everyone).Map);
    }
}
