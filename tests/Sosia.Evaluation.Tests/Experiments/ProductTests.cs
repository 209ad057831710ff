using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;
using Sosia.Evaluation.Experiments.Products;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed class ProductTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-products-").FullName;

    private string Table => Path.Combine(_directory, "products.npy");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 17, 255)]
    [InlineData(6, 16, 256)]
    [InlineData(13, 33, 700)]
    [InlineData(1024, 3, 257)]
    [InlineData(7, 1024, 3)]
    public void A_block_is_the_product_that_doubles_give(int left, int right, int dimensions)
    {
        var (a, b) = (Noise(left, dimensions, 1), Noise(right, dimensions, 2));
        var block = new ProductBlock();
        for (var twice = 0; twice < 2; twice++)
            block.Compute(
                new MemoryRows(a, dimensions),
                (0, left),
                new MemoryRows(b, dimensions),
                (0, right),
                TestContext.Current.CancellationToken
            );
        for (var i = 0; i < left; i++)
        for (var j = 0; j < right; j++)
            Assert.Equal(Oracle(a, i, b, j, dimensions), block.Row(i, right)[j], 1e-4 * Math.Sqrt(dimensions));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 17, 255)]
    [InlineData(6, 16, 256)]
    [InlineData(13, 33, 700)]
    [InlineData(1024, 3, 257)]
    public void A_block_of_differences_is_the_sum_that_doubles_give(int left, int right, int dimensions)
    {
        var (a, b) = (Noise(left, dimensions, 1), Noise(right, dimensions, 2));
        var block = new ProductBlock(PairSum.Differences);
        block.Compute(
            new MemoryRows(a, dimensions),
            (0, left),
            new MemoryRows(b, dimensions),
            (0, right),
            TestContext.Current.CancellationToken
        );
        for (var i = 0; i < left; i++)
        for (var j = 0; j < right; j++)
            Assert.Equal(
                Enumerable.Range(0, dimensions).Sum(d => Math.Abs((double)a[i * dimensions + d] - b[j * dimensions + d])),
                block.Row(i, right)[j],
                1e-4 * Math.Sqrt(dimensions)
            );
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1030)]
    [InlineData(2049)]
    public void A_table_holds_every_product_twice_and_is_kept(int count)
    {
        const int Dimensions = 9;
        var values = Noise(count, Dimensions, 3);
        using (var table = Open(values, Dimensions, "these"))
        {
            Assert.Equal((count, count), (table.Count, table.Dimensions));
            for (var i = 0; i < count; i += 7)
            for (var j = 0; j < count; j += 3)
                Assert.Equal(Oracle(values, i, values, j, Dimensions), table.Row(i)[j], 1e-4);
        }
        Assert.Equal(["products.npy", "products.npy.json"], Directory.GetFiles(_directory).Select(file => Path.GetFileName(file)!).Order());

        var told = 0;
        using (Open(values, Dimensions, "these", new Told(() => told++))) { }
        Assert.Equal(0, told);
        using (Open(Noise(count, Dimensions, 4), Dimensions, "others", new Told(() => told++))) { }
        Assert.NotEqual(0, told);
    }

    [Fact]
    public void A_table_that_was_interrupted_is_gone_on_with()
    {
        const int Count = 2500,
            Dimensions = 5;
        var values = Noise(Count, Dimensions, 5);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ProductTable.Open(new MemoryRows(values, Dimensions), "these", (Table, PairSum.Products), new Told(stop.Cancel), stop.Token)
        );
        Assert.False(File.Exists(Table));
        Assert.True(File.Exists(Table + ".part"));

        var told = 0;
        using var table = Open(values, Dimensions, "these", new Told(() => told++));
        Assert.InRange(told, 1, 5); // of six blocks
        for (var i = 0; i < Count; i += 11)
            Assert.Equal(Oracle(values, i, values, Count - 1 - i, Dimensions), table.Row(i)[Count - 1 - i], 1e-4);
    }

    [Fact]
    public void A_few_rows_are_multiplied_with_all()
    {
        const int Dimensions = 300;
        var (few, all) = (Noise(30, Dimensions, 6), Noise(1100, Dimensions, 7));
        var products = ProductTable.Of(
            new MemoryRows(few, Dimensions),
            new MemoryRows(all, Dimensions),
            PairSum.Products,
            TestContext.Current.CancellationToken
        );
        for (var i = 0; i < 30; i++)
        for (var j = 0; j < 1100; j += 13)
            Assert.Equal(Oracle(few, i, all, j, Dimensions), products[i][j], 2e-3);
    }

    [Fact]
    public void Products_become_distances_and_cosines_and_their_neighbours()
    {
        float[] rows = [0, 0, 3, 4, 6, 8, 3, 3, 0, 1];
        using var table = Open(rows, 2, "five");
        var euclidean = new ProductScores(table, Metric.Euclidean);
        euclidean.ForEach(
            [1],
            (_, scores) =>
                Assert.Equal(
                    [5, 0, 5, 1, Math.Sqrt(18)],
                    scores.Select(euclidean.Distance).Select(distance => Math.Round(distance, 6)),
                    (a, b) => Math.Abs(a - b) < 1e-5
                )
        );
        var cosine = new ProductScores(table, Metric.Cosine);
        cosine.ForEach([1], (_, scores) => Assert.Equal([0f, 1f, 1f, 0.98995f, 0.8f], scores, (a, b) => Math.Abs(a - b) < 1e-5));

        using (var differences = Open(rows, 2, "five differences", sum: PairSum.Differences))
        {
            var manhattan = new ProductScores(differences, Metric.Manhattan);
            manhattan.ForEach(
                [1],
                (_, scores) => Assert.Equal([7, 0, 7, 1, 6], scores.Select(manhattan.Distance), (a, b) => Math.Abs(a - b) < 1e-5)
            );
            Assert.True(manhattan.CanCompare(0));
            Assert.Equal([3, 4, 0, 2], Neighbourhoods.Find(manhattan).Of(1));
        }

        var near = Neighbourhoods.Find(euclidean);
        Assert.Equal(4, near.K);
        Assert.Equal([3, 4, 0, 2], near.Of(1)); // 1, √18, then 5 and 5 in order of row
        Assert.Equal([4, 3, 1, 2], near.Of(0));
        Assert.Equal([1, 1, 2, 2, 2], near.Occurrences([0, 1]));
        Assert.Equal([2, 2, 0, 2, 2], near.Occurrences([0, 1], withQuery: true));
    }

    [Fact]
    public void Contrast_is_the_mean_over_the_nearest_distance_and_its_scale_does_not_matter()
    {
        var rows = Noise(40, 3, 8);
        Contrast Of(float scale)
        {
            using var table = Open([.. rows.Select(value => value * scale)], 3, $"scale {scale}");
            return Neighbourhoods.Find(new ProductScores(table, Metric.Euclidean)).Contrast;
        }
        var (once, tenth) = (Of(1), Of(0.125f));
        Assert.Equal(once.Nearest / 8, tenth.Nearest, 1e-4);
        Assert.Equal(once.Relative, tenth.Relative, 1e-3);
        Assert.Equal(new Contrast(2, 10.5, 5), Contrast.Of([2, 2, 0, 4], [10, 11, 12, 10])); // a copy at distance 0 has no quotient
    }

    [Fact]
    public void A_disk_that_is_too_small_is_told_before_anything_is_computed()
    {
        var told = Assert.Throws<IOException>(() => DiskSpace.Require(Table, long.MaxValue / 2));
        Assert.Contains("are free there; choose a place on another disk.", told.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Table));
    }

    private NpyRows Open(
        float[] values,
        int dimensions,
        string stamp,
        IProgress<double>? progress = null,
        PairSum sum = PairSum.Products
    ) =>
        ProductTable.Open(
            new MemoryRows(values, dimensions),
            stamp,
            (sum == PairSum.Products ? Table : Table + ".differences", sum),
            progress,
            TestContext.Current.CancellationToken
        );

    private static float[] Noise(int rows, int dimensions, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * dimensions).Select(_ => (float)(random.NextDouble() - 0.3))];
    }

    private static double Oracle(float[] a, int i, float[] b, int j, int dimensions)
    {
        var sum = 0.0;
        for (var d = 0; d < dimensions; d++)
            sum += (double)a[i * dimensions + d] * b[j * dimensions + d];
        return sum;
    }

    /// <summary>Tells at once, on the thread that reports.</summary>
    private sealed class Told(Action tell) : IProgress<double>
    {
        public void Report(double value) => tell();
    }
}
