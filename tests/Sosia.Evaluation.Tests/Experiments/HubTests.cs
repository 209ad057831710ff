using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;
using Sosia.Evaluation.Experiments.Products;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed class HubTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-hubs-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void One_image_in_the_middle_of_far_ones_comes_back_for_all_of_them()
    {
        // In many dimensions noise lies on a sphere, about √2 radii from each other; the middle is one radius from all.
        const int Far = 60,
            Dimensions = 100;
        var random = new Random(1);
        float[] rows = [.. Enumerable.Range(0, Far * Dimensions).Select(_ => (float)(random.NextDouble() - 0.5)), .. new float[Dimensions]];
        var near = Find(rows, Dimensions, Metric.Euclidean);
        int[] everyone = [.. Enumerable.Range(0, Far + 1)];
        var hubs = HubReport.Of(near, everyone, withQuery: false, kept: 8);
        Assert.Equal((Far + 1, 20, 8), (hubs.Queries, hubs.K, hubs.Hubs.Count));
        Assert.Equal(new Hub(Far, Far), hubs.Hubs[0]); // all but the middle itself have it
        Assert.Equal(Far, hubs.MaxOccurrence);
        Assert.Equal(near.Occurrences(everyone).OrderDescending(), hubs.Counts);
        var four = hubs.Hubs.Take(4).Select(hub => hub.Row).ToArray();
        Assert.Equal(everyone.Average(query => near.Of(query).Intersect(four).Any() ? 1 : 0), hubs.WithAny, 1e-12);
        Assert.Equal(everyone.Average(query => four.Except(near.Of(query)).Any() ? 0 : 1), hubs.WithAll, 1e-12);
        Assert.True(hubs.WithAny >= Far / (Far + 1.0) && hubs.WithAll < 0.9, $"{hubs.WithAny}, {hubs.WithAll}");
        Assert.True(hubs.Skewness > 0.5, $"{hubs.Skewness}");
    }

    [Fact]
    public void Skewness_is_the_third_standardised_moment()
    {
        var near = Find([0, 1, 3, 6, 10, 15], 1, Metric.Euclidean);
        var hubs = HubReport.Of(near, [0, 1], withQuery: true, kept: 2);
        Assert.Equal(5, hubs.K);
        Assert.Equal([2, 2, 2, 2, 2, 0], hubs.Counts); // five places of the six, the query first
        Assert.Equal(-1.788854, hubs.Skewness, 1e-6); // SciPy: skew([2, 2, 2, 2, 2, 0])
        Assert.Equal([new Hub(0, 2), new Hub(1, 2)], hubs.Hubs);
        Assert.Equal((1.0, 1.0), (hubs.WithAny, hubs.WithAll));
    }

    [Fact]
    public void What_two_queries_have_in_common_is_counted_over_pairs_of_different_people()
    {
        var near = Find([0, 1, 3, 6, 10, 15], 1, Metric.Euclidean); // five neighbours each: all others
        Assert.Equal(0.8, near.Common([0, 1, 5], (_, _) => true)!.Value, 1e-12);
        Assert.Equal(0.8, near.Common([0, 1, 5], (one, _) => one == 0)!.Value, 1e-12);
        Assert.Null(near.Common([0, 1, 5], (_, _) => false));
        Assert.Null(near.Common([3], (_, _) => true));

        // Two clusters of 21: neighbours are of one's own.
        float[] apart = [.. Enumerable.Range(0, 42).Select(row => row % 2 * 1000f + row)];
        var clusters = Find(apart, 1, Metric.Euclidean);
        Assert.Equal(0, clusters.Common([0, 1], (_, _) => true));
        Assert.Equal(19 / 20.0, clusters.Common([0, 2], (_, _) => true)!.Value, 1e-12);
    }

    [Fact]
    public void An_image_without_a_row_asks_for_no_neighbours_and_so_makes_nobody_a_hub()
    {
        float[] rows = [1, 0, 0, 0, 0.9f, 0.1f, 0, 0, 0, 1];
        var near = Find(rows, 2, Metric.Cosine);
        Assert.Empty(near.Of(1));
        Assert.Empty(near.Of(3));
        Assert.Equal(2, near.Of(0)[0]);
        var hubs = HubReport.Of(near, [0, 1, 2, 3, 4], withQuery: false, kept: 8);
        Assert.Equal(3, hubs.Queries);
        Assert.Equal(3 * near.K, hubs.Counts.Sum());
        Assert.Equal(0, HubReport.Of(near, [1, 3], withQuery: true, kept: 8).MaxOccurrence);
        Assert.Equal(
            (0.0, 0.0),
            (HubReport.Of(near, [1, 3], withQuery: true, kept: 8).WithAny, HubReport.Of(near, [1, 3], withQuery: true, kept: 8).WithAll)
        );

        // Distances are told of those that can be compared: 0.0061 between 0 and 2, 0.8896 from 2 to 4, 1 from 0 to 4.
        Assert.Equal(0.0061, near.Contrast.Nearest, 1e-4);
        Assert.Equal((1 + 0.0061) / 2, near.Contrast.Mean, 1e-4);
    }

    private Neighbourhoods Find(float[] rows, int dimensions, Metric metric)
    {
        using var table = ProductTable.Open(
            new MemoryRows(rows, dimensions),
            $"{rows.Length} values",
            (Path.Combine(_directory, "products.npy"), ProductScores.SumFor(metric)),
            cancellation: TestContext.Current.CancellationToken
        );
        return Neighbourhoods.Find(new ProductScores(table, metric));
    }
}
