using System.Diagnostics;
using System.Text.Json;
using Sosia.Bench.Vectors;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Bench.Millions;

/// <summary>Sosia.Vectors alone with more rows than memory holds: drawn ones, in a NumPy file, with an index beside it.</summary>
internal static class NpyBench
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="directory">Where the file is drawn; one of as many rows is kept and used again.</param>
    /// <param name="count">Rows.</param>
    public static int Run(string directory, int count)
    {
        var (path, beside) = (Path.Combine(directory, $"rows-{count}.npy"), Path.Combine(directory, $"rows-{count}.npy.index"));
        if (!File.Exists(path))
            Draw(path, count);
        using var rows = NpyRows.Open(path);
        var before = Peak.Now >> 20;
        double seconds;
        long peak;
        using (var watched = new Peak())
        {
            var making = Stopwatch.GetTimestamp();
            IndexFile.WriteBeside(beside, ExactIndex.Build<InnerProduct>(rows, threads: 2), new IndexStamp("drawn", 0, 0));
            (seconds, peak) = (Stopwatch.GetElapsedTime(making).TotalSeconds, watched.Megabytes);
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var queries = Enumerable.Range(0, 200).Select(i => rows.Row((int)((long)i * count / 200)).ToArray()).ToArray();
        var opening = Stopwatch.GetTimestamp();
        using var stored = IndexFile.Open<InnerProduct>(beside, rows);
        stored.Index.Search(queries[0], new SearchRequest { Threads = 2 });
        var firstMs = Stopwatch.GetElapsedTime(opening).TotalMilliseconds;
        double Median(int threads)
        {
            var times = new List<double>();
            foreach (var round in new[] { 0, 1 })
            foreach (var query in queries)
            {
                var started = Stopwatch.GetTimestamp();
                stored.Index.Search(query, new SearchRequest { Threads = threads });
                if (round == 1)
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            times.Sort();
            return Math.Round(times[times.Count / 2], 1);
        }
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    rows = count,
                    gigabytesOfRows = Math.Round(new FileInfo(path).Length / 1e9, 2),
                    gigabytesOfIndex = Math.Round(stored.FileBytes / 1e9, 2),
                    makeSeconds = Math.Round(seconds, 1),
                    makePeakMegabytes = peak - before,
                    firstAnswerMs = Math.Round(firstMs),
                    oneThreadMs = Median(1),
                    twoThreadsMs = Median(2),
                    stored.Index.ComparedShare,
                    stored.Index.Coordinates,
                },
                Indented
            )
        );
        return 0;
    }

    private static void Draw(string path, int count)
    {
        using var writer = NpyWriter.Create<float>(path, FaceRows.Dimensions);
        foreach (var block in new FaceRows().Blocks(count, 0))
            writer.Append(block);
        writer.Complete();
    }
}
