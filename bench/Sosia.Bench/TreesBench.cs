using System.Diagnostics;
using System.Text.Json;
using Sosia.Vectors;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;
using Sosia.Vectors.Trees;

namespace Sosia.Bench;

/// <summary>
/// Where trees beat a scan: median time of one query for k = 20, one thread, queries never among the rows. One JSON line a table of rows.
/// </summary>
internal static class TreesBench
{
    private const int Queries = 50;

    public static int Run()
    {
        foreach (var count in (int[])[1_000, 10_000, 100_000])
        foreach (var dimensions in (int[])[2, 4, 8, 12, 16, 24, 32, 64])
        foreach (var inner in (int[])[dimensions, 4])
            if (inner == dimensions || dimensions >= 16)
                Measure(count, dimensions, inner, 2);
        foreach (var p in (double[])[1, 1.5, 3, 4.5])
        foreach (var dimensions in (int[])[4, 8, 16])
            Measure(10_000, dimensions, dimensions, p);
        return 0;
    }

    /// <param name="rows">How many.</param>
    /// <param name="dimensions">Floats a row.</param>
    /// <param name="inner">Dimensions that the rows really fill: as many as they have, or a curved surface of fewer.</param>
    /// <param name="p">Minkowski's.</param>
    private static void Measure(int rows, int dimensions, int inner, double p)
    {
        var random = new Random(7);
        var mix = new float[inner * dimensions];
        for (var i = 0; i < mix.Length; i++)
            mix[i] = Normal(random);
        var table = Draw(random, rows, dimensions, inner, mix);
        var queries = Draw(random, Queries, dimensions, inner, mix);
        var options = new TreeOptions { P = p };
        var (plain, _, plainMs) = Time(() => PlainIndex.Build(table, new Minkowski(p)), queries);
        var (kd, kdBuild, kdMs) = Time(() => KdTree.Build(table, options), queries);
        var (ball, ballBuild, ballMs) = Time(() => BallTree.Build(table, options), queries);
        for (var i = 0; i < Queries; i++)
        {
            var expected = plain.Search(queries.Row(i), new SearchRequest());
            if (
                !expected.SequenceEqual(kd.Search(queries.Row(i), new SearchRequest()))
                || !expected.SequenceEqual(ball.Search(queries.Row(i), new SearchRequest()))
            )
                throw new InvalidOperationException($"Query {i} over {rows} × {dimensions}: the indexes disagree.");
        }
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    rows,
                    dimensions,
                    innerDimensions = inner,
                    p,
                    plainMs = Round(plainMs),
                    kdTreeMs = Round(kdMs),
                    ballTreeMs = Round(ballMs),
                    kdTreeBuildMs = Round(kdBuild),
                    ballTreeBuildMs = Round(ballBuild),
                }
            )
        );
    }

    private static (INeighborIndex Index, double BuildMs, double QueryMs) Time(Func<INeighborIndex> build, IRowReader queries)
    {
        _ = build();
        var started = Stopwatch.GetTimestamp();
        var index = build();
        var built = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var times = new List<double>();
        for (var round = 0; round < 5; round++)
        for (var i = 0; i < queries.Count; i++)
        {
            started = Stopwatch.GetTimestamp();
            index.Search(queries.Row(i), new SearchRequest());
            if (round >= 2)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        times.Sort();
        return (index, built, times[times.Count / 2]);
    }

    private static Rows Draw(Random random, int rows, int dimensions, int inner, float[] mix)
    {
        var values = new float[rows][];
        for (var row = 0; row < rows; row++)
        {
            var factors = Enumerable.Range(0, inner).Select(_ => Normal(random)).ToArray();
            values[row] =
                inner == dimensions
                    ? factors
                    :
                    [
                        .. Enumerable
                            .Range(0, dimensions)
                            .Select(d => MathF.Tanh(Enumerable.Range(0, inner).Sum(i => factors[i] * mix[i * dimensions + d]))),
                    ];
        }
        return new Rows(values, dimensions);
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static double Round(double milliseconds) => Math.Round(milliseconds, 4);

    private sealed class Rows(float[][] values, int dimensions) : IRowReader
    {
        public int Count => values.Length;
        public int Dimensions => dimensions;

        public ReadOnlySpan<float> Row(int row) => values[row];
    }
}
