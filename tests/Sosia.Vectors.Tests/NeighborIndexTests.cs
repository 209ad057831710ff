using Sosia.Vectors.Files;
using Sosia.Vectors.Tests.Plain;

namespace Sosia.Vectors.Tests;

public class NeighborIndexTests
{
    [Theory]
    [InlineData(10_000, 2, MetricKind.Minkowski, Algorithm.KdTree)]
    [InlineData(100, 2, MetricKind.Minkowski, Algorithm.Brute)]
    [InlineData(10_000, 12, MetricKind.Minkowski, Algorithm.Brute)]
    [InlineData(100_000, 12, MetricKind.Minkowski, Algorithm.KdTree)]
    [InlineData(1_000_000, 512, MetricKind.Minkowski, Algorithm.Brute)]
    [InlineData(10_000, 2, MetricKind.Cosine, Algorithm.Brute)]
    public void Auto_is_what_measured_fastest(int rows, int dimensions, MetricKind metric, Algorithm algorithm) =>
        Assert.Equal(algorithm, NeighborIndex.Choose(rows, dimensions, metric));

    [Fact]
    public void Scikit_learn_finds_the_same_by_cosine()
    {
        using var rows = NpyRows.Open(Plain.Oracle.Fixture("rows.npy"));
        using var queries = NpyRows.Open(Plain.Oracle.Fixture("queries.npy"));
        var (numbers, distances) = Plain.Oracle.Reference("cosine");
        var found = NeighborIndex
            .Build(rows, new NeighborIndexOptions { Metric = MetricKind.Cosine })
            .SearchAll(queries, new SearchRequest());
        for (var query = 0; query < queries.Count; query++)
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(distances[query * 20 + i], found[query][i].Distance, 1e-5);
            if (distances[query * 20 + i] < distances[query * 20 + 19] - 1e-5)
                Assert.Contains((int)numbers[query * 20 + i], found[query].Select(neighbor => neighbor.Row));
        }
    }

    [Theory]
    [InlineData(MetricKind.Minkowski)]
    [InlineData(MetricKind.Cosine)]
    [InlineData(MetricKind.InnerProduct)]
    public void Prepared_rows_give_the_answer_of_unprepared_ones(MetricKind metric)
    {
        var random = new Random(3);
        float[][] values =
        [
            .. Enumerable.Range(0, 1_200).Select(_ => Enumerable.Range(0, 40).Select(_ => (float)random.NextDouble() - 0.5f).ToArray()),
        ];
        var options = new NeighborIndexOptions { Metric = metric };
        var prepared = NeighborIndex.Build(new Table(values, 40), options);
        var plain = NeighborIndex.Build(new Table(values[..900], 40), options); // too few to prepare
        Assert.True(prepared.IndexBytes > 0 && plain.IndexBytes == 0);
        var allowed = RowSet.Where(1_200, row => row < 900);
        foreach (var query in values.Skip(1_190))
            Assert.Equal(
                plain.Search(query, new SearchRequest()).Select(found => found.Row),
                prepared.Search(query, new SearchRequest { Allowed = allowed }).Select(found => found.Row)
            );
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        var rows = new Table(
            [
                [1],
            ],
            1
        );
        foreach (
            var options in (NeighborIndexOptions[])
                [
                    new() { P = 0 },
                    new() { LeafSize = 0 },
                    new() { Threads = 0 },
                    new() { Algorithm = Algorithm.BallTree, Metric = MetricKind.InnerProduct },
                ]
        )
            Assert.Throws<ArgumentException>(() => NeighborIndex.Build(rows, options));
    }
}
