using Sosia.Catalogue;
using Sosia.People.Absence;

namespace Sosia.Tests.People;

/// <summary>How often a search misses somebody: the bound is one, and follows the collection's qualities.</summary>
public sealed class MissRateTests
{
    [Fact]
    public void The_bound_covers_the_truth_in_nineteen_of_twenty_draws_and_is_near_it()
    {
        var random = new Random(5);
        var (covered, ratios) = (0, new List<double>());
        for (var draw = 0; draw < 300; draw++)
        {
            // Poor faces are missed eight times as often, people differ, and confirmed faces are mostly the good ones.
            float[] qualities = [.. Enumerable.Range(0, 2000).Select(_ => random.NextSingle())];
            Trial[] trials =
            [
                .. Enumerable
                    .Range(0, 80)
                    .SelectMany(person =>
                    {
                        var harder = random.NextDouble() < 0.2 ? 2.0 : 0.75; // 1 on average
                        return Enumerable
                            .Range(0, 2 + random.Next(10))
                            .Select(_ => MathF.Sqrt(random.NextSingle()))
                            .Select(quality => new Trial(person, quality, random.NextDouble() >= harder * Missed(quality)));
                    }),
            ];
            var truth = qualities.Average(quality => Missed(quality));
            var rate = MissRate.Of(trials, qualities)!;
            covered += rate.UpperBound >= truth ? 1 : 0;
            ratios.Add(rate.UpperBound / truth);
        }
        Assert.InRange(covered / 300.0, 0.95, 1);
        Assert.InRange(ratios.Order().ElementAt(150), 1, 3);

        static double Missed(float quality) => quality < 0.5f ? 0.16 : 0.02;
    }

    [Fact]
    public void Nobody_missed_is_no_certainty_and_few_trials_say_nothing()
    {
        float[] qualities = [.. Enumerable.Repeat(0.8f, 100)];
        Trial[] found = [.. Enumerable.Range(0, 100).Select(i => new Trial(i % 10, 0.8f, true))];
        var rate = MissRate.Of(found, qualities)!;
        Assert.Equal((100, 0, 10), (rate.Trials, rate.Missed, rate.People));
        Assert.InRange(rate.UpperBound, 0.02, 0.08); // three misses in a hundred could not be told from none
        Assert.Null(MissRate.Of(found[..20], qualities));
        Assert.Null(MissRate.Of([.. found.Select(trial => trial with { Person = 1 })], qualities));
        var all = MissRate.Of([.. found.Select(trial => trial with { IsFound = false })], qualities)!;
        Assert.InRange(all.UpperBound, 0.99, 1);
    }

    [Fact]
    public void A_person_is_searched_with_other_photos_only()
    {
        float[] one = [1, 0],
            other = [0, 1];
        ConfirmedFace[] faces = [Face(1, 1, false, one), Face(2, 1, false, one), Face(3, 2, false, other)];
        var trials = FoundAgain.Of(7, faces, references: 1, _ => 0.5f).ToArray();
        Assert.Equal([false, false, false], trials.Select(trial => trial.IsFound)); // the twin in the same photo does not count
        ConfirmedFace[] drawn = [Face(1, 1, true, one), Face(2, 2, false, one), Face(3, 3, false, one)];
        Assert.Equal([false, true, true], FoundAgain.Of(7, drawn, 1, _ => 0.5f).Select(trial => trial.IsFound)); // drawn: it was missed
    }

    private static ConfirmedFace Face(long id, long photo, bool isDrawn, float[] row) =>
        new(new FaceRow(new(id), new(photo), default, 1, default, default, true) { IsDrawn = isDrawn }, row);
}
