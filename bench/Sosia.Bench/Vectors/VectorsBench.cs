using System.Diagnostics;
using System.Text.Json;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;
using Sosia.Vectors.Stored;

namespace Sosia.Bench.Vectors;

/// <summary>Exact search beside a plain float32 scan in the same run, k = 20, unit rows of 512 dimensions under cosine.</summary>
internal static class VectorsBench
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(int rows, bool isotropic)
    {
        var drawing = Stopwatch.GetTimestamp();
        var (table, queries) = isotropic ? FaceRows.DrawIsotropic(rows, 1000) : new FaceRows().Draw(rows, 1000);
        Console.Error.WriteLine($"drawn in {Stopwatch.GetElapsedTime(drawing).TotalSeconds:F1} s");
        Print(Measure(table, queries));
        return 0;
    }

    public static int RunOn(string npy)
    {
        using var file = Sosia.Vectors.Files.NpyRows.Open(npy);
        // Every twentieth row is a query, and so none of the rows.
        var (table, queries) = (new RowTable(file.Dimensions), new RowTable(file.Dimensions));
        for (var i = 0; i < file.Count; i++)
            (i % 20 == 7 ? queries : table).Append(file.Row(i));
        Print(Measure(table.Snapshot(), queries.Snapshot()));
        return 0;
    }

    private static object Measure(IRowReader table, IRowReader queries)
    {
        var building = Stopwatch.GetTimestamp();
        var index = ExactIndex.Build<Cosine>(table, threads: 2);
        var buildSeconds = Stopwatch.GetElapsedTime(building).TotalSeconds;
        var plain = PlainIndex.Build<InnerProduct>(table, default, threads: 2);
        var bytes = (long)table.Count * table.Dimensions * sizeof(float);

        // In turns, so that a busy moment of the machine meets all alike; the median of each counts.
        var requests = new (string Name, Action<int> Search)[]
        {
            ("bandwidth", _ => Bandwidth.Read(table)),
            ("plain", i => plain.Search(queries.Row(i), new())),
            ("exact", i => index.Search(queries.Row(i), new())),
            ("exact2", i => index.Search(queries.Row(i), new() { Threads = 2 })),
            ("allowed1", WithFilter(index, queries, 100)),
            ("allowed50", WithFilter(index, queries, 2)),
        };
        var rounds = table.Count >= 500_000 ? 15 : 60;
        var times = requests.ToDictionary(request => request.Name, _ => new List<double>());
        // Until everything is compiled as well as it will be.
        foreach (var (_, search) in requests)
            for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming).TotalSeconds < 1; )
                search(0);
        for (var round = 0; round < rounds + 5; round++)
            foreach (var (name, search) in requests)
                for (var again = 0; again < 3; again++)
                {
                    // Each one's own kind before it, as in a service: the third in a row counts.
                    var started = Stopwatch.GetTimestamp();
                    search((round * 3 + again) % queries.Count);
                    if (round >= 5 && again == 2)
                        times[name].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
        double Ms(string name) => times[name].Order().ElementAt(rounds / 2);

        var plainCosine = PlainIndex.Build<Cosine>(table, default, threads: 2);
        var right = Enumerable
            .Range(0, 20)
            .All(i =>
                index
                    .Search(queries.Row(i), new())
                    .Select(found => found.Row)
                    .SequenceEqual(plainCosine.Search(queries.Row(i), new()).Select(found => found.Row))
            );
        var batch = Stopwatch.GetTimestamp();
        index.SearchAll(queries, new() { Threads = 2 });
        var batchRate = queries.Count / Stopwatch.GetElapsedTime(batch).TotalSeconds;
        var file = StoredFile(index, queries);
        return new
        {
            rows = table.Count,
            dimensions = table.Dimensions,
            coordinates = index.Coordinates,
            kernel = ExactIndex.Kernel,
            sameAsPlain = right,
            comparedShare = index.ComparedShare,
            buildSeconds,
            bytesRatio = (bytes + index.IndexBytes) / (double)bytes,
            readGBs = bytes / Ms("bandwidth") / 1e6,
            plainGBs = bytes / Ms("plain") / 1e6,
            plainOfBandwidth = Ms("bandwidth") / Ms("plain"),
            ms = requests.ToDictionary(request => request.Name, request => Math.Round(Ms(request.Name), 4)),
            exactToPlain = Ms("exact") / Ms("plain"),
            exact2ToPlain = Ms("exact2") / Ms("plain"),
            allowed1ToExact = Ms("allowed1") / Ms("exact"),
            allowed50ToExact = Ms("allowed50") / Ms("exact"),
            batchQueriesPerSecond = batchRate,
            batchToSingle = batchRate * Ms("exact") / 1000,
            file,
        };
    }

    /// <summary>Written, opened and asked once, as a program does that has just been started; the file is in the page cache.</summary>
    private static object StoredFile(ExactIndex<Cosine> index, IRowReader queries)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sosia-bench-{Guid.NewGuid():N}.index");
        try
        {
            var writing = Stopwatch.GetTimestamp();
            IndexFile.Write(path, index, new IndexStamp("bench", 1, 16), new byte[16 * index.Count]);
            var writeSeconds = Stopwatch.GetElapsedTime(writing).TotalSeconds;
            var firstAnswerMs = Enumerable
                .Range(0, 5)
                .Select(i =>
                {
                    var opening = Stopwatch.GetTimestamp();
                    using var stored = IndexFile.Open<Cosine>(path);
                    stored.Index.Search(queries.Row(i), new() { Threads = 2 });
                    return Stopwatch.GetElapsedTime(opening).TotalMilliseconds;
                })
                .ToArray();
            return new
            {
                bytes = new FileInfo(path).Length,
                writeSeconds,
                firstAnswerMs,
            };
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Action<int> WithFilter(INeighborIndex index, IRowReader queries, int oneIn)
    {
        var random = new Random(4);
        var allowed = RowSet.Where(index.Count, _ => random.Next(oneIn) == 0);
        return i => index.Search(queries.Row(i), new() { Allowed = allowed });
    }

    private static void Print(object result) => Console.WriteLine(JsonSerializer.Serialize(result, Indented));
}
