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
        Look[] looks = [.. Enumerable.Range(0, Count).Select(i => new Look(new Vector3(random.NextSingle() * 255, 0, 0), i % 7 * 57 + i / 7, new Vector2(random.NextSingle(), 0.5f)))];
        var alike = new Alikeness(looks);
        Assert.Equal(Count, alike.Count);
        foreach (var chosen in Alikeness.Traits)
        {
            var agreement = alike.Of(query => [.. Others(query).OrderBy(row => Look.Difference(looks[query], looks[row], chosen)).Take(K)]);
            Assert.Equal(Alikeness.Traits, agreement.Select(of => of.Trait));
            foreach (var of in agreement)
            {
                Assert.Equal(0.1, of.Chance, 0.005); // 40 of 400 others, brightness a few more
                Assert.Equal(of.Trait == chosen ? 1 : 0.1, of.Share, of.Trait == chosen ? 1e-12 : 0.025);
            }
        }
    }

    [Fact]
    public void Neighbours_drawn_by_lot_agree_as_often_as_chance_says_even_where_many_are_equally_alike()
    {
        var random = new Random(2);
        Look[] looks = [.. Enumerable.Range(0, Count).Select(i => new Look(new Vector3(i % 3 * 100), i % 2 * 100, new Vector2(i % 5 * 0.1f)))];
        foreach (var of in new Alikeness(looks).Of(query => [.. Others(query).OrderBy(_ => random.Next()).Take(K)]))
        {
            Assert.Equal(of.Trait switch { Trait.Brightness => 1 / 2.0, Trait.BackgroundColour => 1 / 3.0, _ => 1 / 5.0 }, of.Chance, 0.01);
            Assert.Equal(of.Chance, of.Share, 0.02);
        }
    }

    [Fact]
    public void Images_without_a_face_ask_nothing_and_count_as_not_alike()
    {
        Look[] looks = [.. Enumerable.Range(0, Count).Select(i => i % 2 == 0 ? new Look(new Vector3(i), i, new Vector2(i)) : Look.Unknown)];
        var alike = new Alikeness(looks);
        Assert.Equal((Count + 1) / 2, alike.Count);
        Assert.All(alike.Of(query => [.. Others(query).Where(row => row % 2 == 1).Take(K)]), of => Assert.Equal(0, of.Share));
        Assert.All(alike.Of(query => query < 100 ? [] : [query - 2, query - 1]), of => Assert.Equal(0.5, of.Share, 1e-12)); // whoever found nothing is left out
        Assert.Empty(alike.Of(_ => []));
        Assert.Empty(new Alikeness([Look.Unknown, Look.Unknown]).Of(query => [1 - query]));
    }

    private static IEnumerable<int> Others(int query) => Enumerable.Range(0, Count).Where(row => row != query);
}
