using Sosia.Catalogue;
using Sosia.Search;
using Sosia.Search.Local;
using Sosia.Tests.Search.Local;
using Sosia.Vectors;

namespace Sosia.Tests.Search;

/// <summary>Two rankings made one, and a table of photos ranked.</summary>
public class RankFusionTests
{
    [Fact]
    public void What_both_found_comes_first_then_the_rankings_in_turn_the_persons_before()
    {
        var merged = RankFusion.Merge(Found(FoundBy.Person, 1, 2, 3), Found(FoundBy.Look, 4, 3, 5), limit: 10);
        Assert.Equal([3, 1, 4, 2, 5], merged.Select(match => match.Photo.Id.Value));
        Assert.Equal(["both", "person", "look", "person", "look"], merged.Select(match => match.FoundBy));
        Assert.Equal([1, 2, 3, 4, 5], merged.Select(match => match.Rank));
        // the person's score stays the score
        Assert.Equal((0.7f, 0.8f), (MathF.Round(merged[0].Score, 3), MathF.Round(merged[0].LookScore!.Value, 3)));
        Assert.Equal(
            [3, 1],
            RankFusion.Merge(Found(FoundBy.Person, 1, 2, 3), Found(FoundBy.Look, 4, 3, 5), limit: 2).Select(match => match.Photo.Id.Value)
        );
        Assert.Equal(
            Found(FoundBy.Look, 4, 3).Select(match => match.Photo.Id),
            RankFusion.Merge([], Found(FoundBy.Look, 4, 3), 5).Select(match => match.Photo.Id)
        );
    }

    [Fact]
    public void A_table_ranks_every_photo_by_its_best_cosine_and_equal_ones_by_id()
    {
        float[] rows = [1, 0, 0, 1, 0.6f, 0.8f, 1, 0];
        var table = new VectorTable(new EmbeddingTable(new ArrayRows(rows, 2), [], [new(3), new(5), new(8), new(9)], new Revision(1, "")));
        Assert.Equal(
            [3, 9, 8, 5],
            Ranked(
                [
                    [1, 0],
                ],
                null
            )
        );
        Assert.Equal(
            [3, 5, 9, 8],
            Ranked(
                [
                    [1, 0],
                    [0, 1],
                ],
                null
            )
        );
        Assert.Equal(
            [8, 5],
            Ranked(
                [
                    [1, 0],
                ],
                new HashSet<PhotoId> { new(5), new(8) }
            )
        );
        Assert.Equal([0.6f, 0.8f], table.Row(table.RowOf(8)));
        Assert.Equal(-1, table.RowOf(4));

        long[] Ranked(float[][] references, HashSet<PhotoId>? allowed) =>
            [.. table.Best(references, allowed).Select(score => score.Photo.Value)];
    }

    private static Match[] Found(string by, params long[] photos) =>
        [
            .. photos.Select(
                (id, i) =>
                    new Match(
                        i + 1,
                        new PhotoRow(new(id), Some.Sha256($"{id}"), 1, 1, PhotoState.NoFace, [$"/p/{id}.jpg"]),
                        null,
                        false,
                        0.9f - 0.1f * i,
                        default,
                        null,
                        by
                    )
                    {
                        LookScore = by == FoundBy.Look ? 0.9f - 0.1f * i : null,
                    }
            ),
        ];
}
