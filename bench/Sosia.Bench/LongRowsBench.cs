using System.Diagnostics;
using System.Numerics;
using System.Text.Json;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;
using Sosia.Vectors.Stored;

namespace Sosia.Bench;

/// <summary>
/// The student project's matrix, 13,233 × 107,648 floats in a NumPy file, searched where it lies: milliseconds a query for k = 20, p = 2,
/// two threads, beside the time that the same two threads need just to read it. The rows are drawn, like what comes out of a ReLU: half of
/// it zeros.
/// </summary>
internal static class LongRowsBench
{
    private const int Rows = 13_233;
    private const int Dimensions = 107_648;
    private const int Threads = 2;
    private const int Repeats = 9;

    public static int Run(string directory)
    {
        var path = Path.Combine(directory, "long-rows.npy");
        var query = Write(path);
        try
        {
            Measure(path, query);
        }
        finally
        {
            File.Delete(path);
        }
        return 0;
    }

    private static void Measure(string path, float[] query)
    {
        using var rows = NpyRows.Open(path);
        var started = Stopwatch.GetTimestamp();
        var index = PlainIndex.Build(rows, new Minkowski(2), Threads);
        var check = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var read = Median(() => Read(rows));
        Neighbor[] found = [];
        var search = Median(() => found = index.Search(query, new SearchRequest { Threads = Threads }));
        var single = Median(() => found = index.Search(query, new SearchRequest()));
        var manhattan = PlainIndex.Build(rows, new Manhattan(), Threads);
        var byManhattan = Median(() => manhattan.Search(query, new SearchRequest { Threads = Threads }));
        var prepared = Prepared(path, rows, query);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    rows = Rows,
                    dimensions = Dimensions,
                    threads = Threads,
                    checkMs = Math.Round(check),
                    readMs = Math.Round(read),
                    readGigabytesPerSecond = Math.Round(Rows * (double)Dimensions * 4 / read / 1e6, 1),
                    queryMs = Math.Round(search),
                    queryOneThreadMs = Math.Round(single),
                    manhattanMs = Math.Round(byManhattan),
                    shareOfReading = Math.Round(search / read, 2),
                    right = IsRight(rows, query, found),
                    prepared,
                }
            )
        );
    }

    /// <summary>
    /// The same with an index beside the file: how long that takes to make, how large it is, and what a query takes then.
    /// </summary>
    private static object Prepared(string path, NpyRows rows, float[] query)
    {
        var beside = path + ".index";
        try
        {
            var started = Stopwatch.GetTimestamp();
            IndexFile.WriteBeside(beside, ExactIndex.Build<Euclidean>(rows, threads: Threads), new IndexStamp("long-rows", 0, 0));
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            using var stored = IndexFile.Open<Euclidean>(beside, rows);
            Neighbor[] found = [];
            var first = Stopwatch.GetTimestamp();
            stored.Index.Search(query, new SearchRequest { Threads = Threads });
            var firstMs = Stopwatch.GetElapsedTime(first).TotalMilliseconds;
            var ms = Median(() => found = stored.Index.Search(query, new SearchRequest { Threads = Threads }));
            var oneThreadMs = Median(() => found = stored.Index.Search(query, new SearchRequest()));
            return new
            {
                prepareSeconds = Math.Round(seconds, 1),
                gigabytes = Math.Round(stored.FileBytes / 1e9, 2),
                firstQueryMs = Math.Round(firstMs),
                queryMs = Math.Round(ms, 1),
                queryOneThreadMs = Math.Round(oneThreadMs, 1),
                comparedShare = stored.Index.ComparedShare,
                right = IsRight(rows, query, found),
            };
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>The same 20 rows, and their distances to 10⁻⁴, as float64 over all rows.</summary>
    private static bool IsRight(NpyRows rows, float[] query, Neighbor[] found)
    {
        var distances = new double[Rows];
        Parallel.For(
            0,
            Rows,
            row =>
            {
                var values = rows.Row(row);
                var sum = 0.0;
                for (var i = 0; i < values.Length; i++)
                    sum += ((double)query[i] - values[i]) * ((double)query[i] - values[i]);
                distances[row] = Math.Sqrt(sum);
            }
        );
        var expected = Enumerable.Range(0, Rows).OrderBy(row => distances[row]).Take(found.Length).ToArray();
        return expected.SequenceEqual(found.Select(neighbor => neighbor.Row))
            && found.All(neighbor => Math.Abs(neighbor.Distance / distances[neighbor.Row] - 1) < 1e-4);
    }

    private static void Read(NpyRows rows) =>
        Parallel.For(
            0,
            Threads,
            new ParallelOptions { MaxDegreeOfParallelism = Threads },
            thread =>
            {
                Vector<float> a = default,
                    b = default,
                    c = default,
                    d = default;
                for (var row = Rows / Threads * thread; row < Rows / Threads * (thread + 1); row++)
                {
                    var values = rows.Row(row);
                    for (var i = 0; i <= values.Length - 4 * Vector<float>.Count; i += 4 * Vector<float>.Count)
                    {
                        a += new Vector<float>(values[i..]);
                        b += new Vector<float>(values[(i + Vector<float>.Count)..]);
                        c += new Vector<float>(values[(i + 2 * Vector<float>.Count)..]);
                        d += new Vector<float>(values[(i + 3 * Vector<float>.Count)..]);
                    }
                }
                GC.KeepAlive(a + b + c + d);
            }
        );

    private static double Median(Action work)
    {
        var times = new double[Repeats];
        for (var i = 0; i < Repeats; i++)
        {
            var started = Stopwatch.GetTimestamp();
            work();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
        Array.Sort(times);
        return times[Repeats / 2];
    }

    /// <summary>Writes the rows; gives back one that is not among them.</summary>
    private static float[] Write(string path)
    {
        var random = new Random(7);
        var noise = new float[1 << 20];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        var patterns = Enumerable.Range(0, 8).Select(_ => random.Next(noise.Length)).ToArray();
        var row = new float[Dimensions];
        using var writer = NpyWriter.Create<float>(path, Dimensions);
        for (var number = 0; number < Rows; number++)
        {
            Draw(row, noise, patterns, random);
            writer.Append(row);
        }
        writer.Complete();
        Draw(row, noise, patterns, random);
        return row;
    }

    private static void Draw(float[] row, float[] noise, int[] patterns, Random random)
    {
        var start = random.Next(noise.Length);
        for (var i = 0; i < row.Length; i++)
            row[i] = noise[(start + i) & (noise.Length - 1)];
        foreach (var pattern in patterns)
        {
            var factor = (float)random.NextDouble();
            for (var i = 0; i < row.Length; i++)
                row[i] += factor * noise[(pattern + i) & (noise.Length - 1)];
        }
        for (var i = 0; i < row.Length; i++)
            row[i] = Math.Max(0, row[i]);
    }
}
