using System.Diagnostics;
using System.Text.Json;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia.Bench.Vectors;

/// <summary>
/// The way a collection searches: its index file opened, brought up to date from the catalogue, and asked for the best photos.
/// </summary>
internal static class CollectionBench
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A collection that is there; its own rows are the queries.</summary>
    public static int Run(string directory)
    {
        using var reader = new SqliteCatalogueStore(directory).OpenReader();
        var space = reader.Spaces()[0];
        Measure(directory, space.Space, new SqliteCatalogueStore(directory).OpenReader, reader.ReadEmbeddings(space.Id));
        return 0;
    }

    private static void Measure(string directory, SpaceInfo space, Func<ICatalogueReader> open, EmbeddingTable table)
    {
        var making = Stopwatch.GetTimestamp();
        using (var index = new LocalIndex(directory, space.Key, space.Model, open))
            index.Renew(default);
        var makeSeconds = Stopwatch.GetElapsedTime(making).TotalSeconds;
        var random = new Random(5);
        float[] Query() => table.Rows.Row(random.Next(table.Faces.Length)).ToArray();
        var firstAnswerMs = Enumerable
            .Range(0, 7)
            .Select(_ =>
            {
                var (query, opening) = (Query(), Stopwatch.GetTimestamp());
                using var reader = open();
                using var index = new LocalIndex(directory, space.Key, space.Model, open);
                index.Ask(reader, found => Wait(Ranking(found, reader).BestAsync([query], 20)));
                return Math.Round(Stopwatch.GetElapsedTime(opening).TotalMilliseconds, 1);
            })
            .ToArray();

        using var catalogue = open();
        using var kept = new LocalIndex(directory, space.Key, space.Model, open);
        var scanned = new VectorTable(table);
        (double, double) Ms(Func<PhotoRanking, float[], object?> search, VectorTable of, int queries)
        {
            for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming).TotalSeconds < 1.5; )
                search(Ranking(of, catalogue), Query());
            var times = new double[queries];
            for (var i = 0; i < queries; i++)
            {
                var (query, started) = (Query(), Stopwatch.GetTimestamp());
                search(Ranking(of, catalogue), query);
                times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
            Array.Sort(times);
            return (Math.Round(times[queries / 2], 3), Math.Round(times[(int)(queries * 0.95)], 3));
        }
        var (plain, plain95) = Ms((found, query) => Wait(found.BestAsync([query], 28)), kept.Load(catalogue), 200);
        var (expanded, expanded95) = Ms(
            (found, query) => Wait(found.BestExpandedAsync(query, new PhotoId(0), QueryExpansion.Candidates(20), 20)),
            kept.Load(catalogue),
            60
        );
        var (scan, scan95) = Ms((found, query) => Wait(found.BestAsync([query], int.MaxValue)), scanned, 20);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    rows = table.Faces.Length,
                    makeSeconds = Math.Round(makeSeconds, 2),
                    firstAnswerMs,
                    plainMs = new { median = plain, p95 = plain95 },
                    expandedMs = new { median = expanded, p95 = expanded95 },
                    scanMs = new { median = scan, p95 = scan95 },
                },
                Indented
            )
        );
    }

    private static PhotoRanking Ranking(VectorTable table, ISearchReader reader) => new(new LocalSearch(table, reader), null);

    private static PhotoScore[] Wait(ValueTask<PhotoScore[]> ranked) => ranked.AsTask().GetAwaiter().GetResult();
}
