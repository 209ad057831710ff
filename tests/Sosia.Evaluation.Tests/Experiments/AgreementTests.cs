using System.Numerics;
using Sosia.Evaluation.Experiments.Matching;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed class AgreementTests
{
    private const int Count = 401;
    private const int K = 20;

    [Fact]
    public void Neighbours_that_are_chosen_by_one_trait_agree_in_it_and_in_the_others_by_chance()
    {
        var random = new Random(1);
        Look[] looks =
        [
            .. Enumerable
                .Range(0, Count)
                .Select(i => new Look(
                    new Vector3(random.NextSingle() * 255, 0, 0),
                    i % 7 * 57 + i / 7,
                    new Vector2(random.NextSingle(), 0.5f),
                    new FaceGuess(i % 2, random.NextSingle() * 90)
                )),
        ];
        var alike = new Alikeness(looks);
        Assert.Equal(Count, alike.Count);
        foreach (var chosen in Alikeness.Traits)
        {
            var agreement = alike.Of(query => [.. Others(query).OrderBy(row => Look.Difference(looks[query], looks[row], chosen)).Take(K)]);
            Assert.Equal(Alikeness.Traits, agreement.Select(of => of.Trait));
            foreach (var of in agreement)
            {
                // 40 of 400 others, brightness a few more; of two genders half have the same
                var chance = of.Trait == Trait.Gender ? 0.5 : 0.1;
                Assert.Equal(chance, of.Chance, 0.005);
                Assert.Equal(of.Trait == chosen ? 1 : chance, of.Share, of.Trait == chosen ? 1e-12 : 0.04);
            }
        }
    }

    [Fact]
    public void Neighbours_drawn_by_lot_agree_as_often_as_chance_says_even_where_many_are_equally_alike()
    {
        var random = new Random(2);
        Look[] looks =
        [
            .. Enumerable
                .Range(0, Count)
                .Select(i => new Look(new Vector3(i % 3 * 100), i % 2 * 100, new Vector2(i % 5 * 0.1f), new FaceGuess(i % 2, i % 5 * 10))),
        ];
        foreach (var of in new Alikeness(looks).Of(query => [.. Others(query).OrderBy(_ => random.Next()).Take(K)]))
        {
            Assert.Equal(
                of.Trait switch
                {
                    Trait.Brightness or Trait.Gender => 1 / 2.0,
                    Trait.BackgroundColour => 1 / 3.0,
                    _ => 1 / 5.0,
                },
                of.Chance,
                0.01
            );
            Assert.Equal(of.Chance, of.Share, 0.02);
        }
    }

    [Fact]
    public void Guesses_are_checked_on_photos_of_one_person_and_nobody_counts_more_than_a_hundred_times()
    {
        FaceGuess[] guesses =
        [
            new(1, 30),
            new(1, 34),
            new(0, 40),
            FaceGuess.None,
            new(0, 20),
            .. Enumerable.Repeat(new FaceGuess(1, 50), 40),
        ];
        string[] names = ["Ann", "Ann", "Ann", "Ann", "Bo", .. Enumerable.Repeat("Cy", 40)];
        var check = GuessCheck.Of(guesses, Enumerable.Range(0, names.Length).ToLookup(row => names[row]));
        Assert.Equal(new GuessCheck(44, 42 / 44.0, 3 + 100, 2 / 103.0, 0), check);
        Assert.Null(GuessCheck.Of([FaceGuess.None], Enumerable.Range(0, 1).ToLookup(_ => "Ann")));
    }

    [Fact]
    public void Images_without_a_face_ask_nothing_and_count_as_not_alike()
    {
        Look[] looks =
        [
            .. Enumerable
                .Range(0, Count)
                .Select(i => i % 2 == 0 ? new Look(new Vector3(i), i, new Vector2(i), new FaceGuess(0, i)) : Look.Unknown),
        ];
        var alike = new Alikeness(looks);
        Assert.Equal((Count + 1) / 2, alike.Count);
        Assert.All(alike.Of(query => [.. Others(query).Where(row => row % 2 == 1).Take(K)]), of => Assert.Equal(0, of.Share));
        // whoever found nothing is left out
        Assert.All(alike.Of(query => query < 100 ? [] : [query - 2, query - 1]), of => Assert.Equal(0.5, of.Share, 1e-12));
        Assert.Empty(alike.Of(_ => []));
        Assert.Empty(new Alikeness([Look.Unknown, Look.Unknown]).Of(query => [1 - query]));
    }

    private static IEnumerable<int> Others(int query) => Enumerable.Range(0, Count).Where(row => row != query);
}
