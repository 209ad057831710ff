using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation.Tests.Measures;

public class RetrievalTests
{
    [Theory]
    [InlineData(new[] { 1 }, 1.0)]
    [InlineData(new[] { 2 }, 0.5)]
    [InlineData(new[] { 1, 2, 3 }, 1.0)]
    [InlineData(new[] { 1, 3, 5 }, (1 + 2.0 / 3 + 3.0 / 5) / 3)]
    public void Average_precision_is_the_mean_of_the_precisions_at_the_relevant_ranks(int[] ranks, double expected) =>
        Assert.Equal(expected, Retrieval.AveragePrecision(ranks), 12);

    [Fact]
    public void Ranks_count_from_one_and_equal_scores_go_by_row()
    {
        Assert.Equal([1, 4], Retrieval.Ranks([0.9f, 0.5f, 0.5f, 0.5f, 0.1f], [0, 3]));
        Assert.Equal([2], Retrieval.Ranks([0.5f, 0.9f, 0.5f], [0]));
    }

    [Fact]
    public void Figures_of_a_small_folder_are_those_worked_out_by_hand()
    {
        // Anna at 0° and 20°, Ben at 15° and 90°. Anna 0°: Ben 15 comes before Anna 20. Anna 20°: Ben 15 first, then Anna 0.
        // Ben 15°: Anna 20, Anna 0, then Ben 90. Ben 90°: Anna 20 (70° away), Ben 15 (75° away).
        var rows = Some.Angles(("Anna", 0), ("Anna", 20), ("Ben", 15), ("Ben", 90));
        var failed = new List<(int, int)>();

        var found = Retrieval.Measure(rows, Retrieval.EveryoneWithTwoOrMore(rows), (query, nearest) => failed.Add((query, nearest)));

        Assert.Equal(4, found.Queries);
        Assert.Equal(0, found.Rank1);
        Assert.Equal((1 / 2.0 + 1 / 2.0 + 1 / 3.0 + 1 / 2.0) / 4, found.Map, 12);
        Assert.Equal(0, found.RPrecision);
        Assert.Equal((1, 1), (found.RecallAt20, found.AllFound));
        Assert.Equal(0.75, found.Cmc[1], 12);
        Assert.Equal(1, found.Cmc[2], 12);
        Assert.Equal([(0, 2), (1, 2), (2, 1), (3, 1)], failed.Order());
    }

    [Fact]
    public void The_query_takes_one_of_the_twenty_places()
    {
        // 19 strangers nearer than the other image of the same person: rank 20 among the others is place 21.
        var near = Enumerable.Range(1, 19).Select(i => ($"Stranger{i}", (double)i)).Prepend(("Anna", 0.0)).Append(("Anna", 40.0)).ToArray();
        var rows = Some.Angles(near);
        Assert.Equal(0, Retrieval.Measure(rows, [0]).RecallAt20);
        Assert.Equal(1, Retrieval.Measure(Some.Angles([.. near.Where(image => image.Item1 != "Stranger19")]), [0]).RecallAt20);
    }

    [Fact]
    public void Those_with_exactly_six_images_are_picked()
    {
        var rows = Some.People(
            12,
            person =>
                person % 4 == 1 ? 6
                : person % 4 == 2 ? 7
                : 1,
            0.5
        );
        Assert.Equal(3 * 6, Retrieval.EveryoneWithSix(rows).Length);
        Assert.Equal(3 * 6 + 3 * 7, Retrieval.EveryoneWithTwoOrMore(rows).Length);
        Assert.Throws<ArgumentException>(() => Retrieval.Measure(rows, []));
    }

    [Fact]
    public void An_image_without_a_face_is_not_found_before_faces_that_are_alike()
    {
        var rows = Some.Angles(("Anna", 0), ("Anna", 5), ("Ben", 60), ("Ben", 61));
        var blind = rows.With([0, 0, .. rows.Rows[2..]]);
        Assert.Equal(1 / 3.0, Retrieval.Measure(blind, [1]).Map, 12);
    }
}
