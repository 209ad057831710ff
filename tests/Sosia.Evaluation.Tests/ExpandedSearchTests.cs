using Sosia.Catalogue;
using Sosia.Evaluation.Measures;
using Sosia.Search.Local;
using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Evaluation.Tests;

/// <summary>A search with expansion gives the scores that the evaluation measured and the calibration is made from.</summary>
public class ExpandedSearchTests
{
    private static readonly LabelledRows People = Some.People(60, person => 1 + person % 5, scatter: 0.8, dimensions: 24);
    private static readonly LabelledRows Expanded = Expansion.Expand(People);

    [Fact]
    public void Scores_are_those_of_the_evaluation_whatever_row_is_the_query()
    {
        var table = Table(Enumerable.Range(0, People.Count));
        for (var query = 0; query < People.Count; query += 7)
        {
            var ranked = Expand(table, People.Row(query).ToArray(), new PhotoId(query + 1), candidates: People.Count);
            Assert.Equal(People.Count, ranked.Length);
            Assert.All(ranked, score => Assert.Equal(Cosine(query, (int)score.Owner - 1), score.Score, 1e-5));
            Assert.Equal(query + 1, ranked[0].Owner);
        }
    }

    [Fact]
    public void A_query_that_is_not_in_the_collection_scores_as_if_it_were()
    {
        const int query = 11;
        int[] others = [.. Enumerable.Range(0, People.Count).Where(row => row != query)];
        var ranked = Expand(Table(others), People.Row(query).ToArray(), own: null, candidates: People.Count);
        Assert.All(ranked, score => Assert.Equal(Cosine(query, (int)score.Owner - 1), score.Score, 1e-5));
    }

    [Fact]
    public async Task Only_the_candidates_are_ranked_again_and_only_allowed_photos_are_ranked()
    {
        var table = Table(Enumerable.Range(0, People.Count));
        var query = People.Row(0).ToArray();
        var plain = await new PhotoRanking(new LocalSearch(table, null!), null).BestAsync([query], int.MaxValue);
        var ranked = Expand(table, query, new PhotoId(1), candidates: 10);
        Assert.Equal(plain[10..], ranked[10..]);
        Assert.Equal(
            plain[..10].Select(score => score.Photo).Order(Comparer<PhotoId>.Create((a, b) => a.Value.CompareTo(b.Value))),
            ranked[..10].Select(score => score.Photo).Order(Comparer<PhotoId>.Create((a, b) => a.Value.CompareTo(b.Value)))
        );
        var allowed = new PhotoSet { new(3), new(5) };
        Assert.Equal(2, Expand(table, query, new PhotoId(1), candidates: 10, table.Filter(new() { Under = ["/x"] }, _ => allowed)).Length);
    }

    [Fact]
    public void Among_strangers_far_apart_expansion_changes_next_to_nothing()
    {
        var strangers = Some.People(30, _ => 1, scatter: 0, dimensions: 512, seed: 5);
        var expanded = Expansion.Expand(strangers);
        for (var row = 0; row < strangers.Count; row++)
            Assert.True(strangers.Row(row).ToArray().Zip(expanded.Row(row).ToArray()).Sum(pair => pair.First * pair.Second) > 0.9999);
    }

    private static PhotoScore[] Expand(VectorTable table, float[] query, PhotoId? own, int candidates, VectorFilter? filter = null) =>
        new PhotoRanking(new LocalSearch(table, null!), filter)
            .BestExpandedAsync(query, own, candidates, int.MaxValue)
            .AsTask()
            .GetAwaiter()
            .GetResult();

    private static double Cosine(int one, int other) =>
        Expanded.Row(one).ToArray().Zip(Expanded.Row(other).ToArray()).Sum(pair => (double)pair.First * pair.Second);

    private static VectorTable Table(IEnumerable<int> rows)
    {
        int[] kept = [.. rows];
        return new VectorTable(
            new EmbeddingTable(
                new ArrayRows([.. kept.SelectMany(row => People.Row(row).ToArray())], People.Dimensions),
                [.. kept.Select(row => new FaceId(row + 1))],
                [.. kept.Select(row => new PhotoId(row + 1))],
                new Revision(1, "")
            )
        );
    }
}
