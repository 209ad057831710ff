using System.Diagnostics;
using System.Text.Json;
using Sosia.Bench.Vectors;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Search.Local.Segments;
using Sosia.Search.Ranking;

namespace Sosia.Bench.Millions;

/// <summary>What millions of faces in one collection cost: a real SQLite catalogue of drawn rows, its index, and searches in it.</summary>
internal static class MillionsBench
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Stores drawn faces.</summary>
    public static int Draw(string directory, int faces)
    {
        DrawnCollection.Make(directory, faces);
        return 0;
    }

    /// <summary>Makes the index, opens it, and searches.</summary>
    /// <param name="directory">The collection.</param>
    /// <param name="anew">Whether an index that is there is deleted first.</param>
    public static int Index(string directory, bool anew)
    {
        var store = new SqliteCatalogueStore(directory);
        if (anew)
            new IndexFolder(directory).DeleteAll();
        double seconds;
        long peak;
        using (var watched = new Peak())
        {
            var making = Stopwatch.GetTimestamp();
            using var index = Open(store);
            index.Renew(default);
            (seconds, peak) = (Stopwatch.GetElapsedTime(making).TotalSeconds, watched.Megabytes);
        }
        using var reader = store.OpenReader();
        var queries = Queries(reader, 400);
        using var kept = Open(store);
        var times = Times(queries, query => kept.Ask(reader, found => Best(found, reader, [query], 20)));
        var firstMs = new double[7]; // what is searched lies in the page cache by now
        for (var i = 0; i < firstMs.Length; i++)
        {
            var opening = Stopwatch.GetTimestamp();
            using var fresh = store.OpenReader();
            using var index = Open(store);
            index.Ask(fresh, found => Best(found, fresh, [queries[i]], 20));
            firstMs[i] = Math.Round(Stopwatch.GetElapsedTime(opening).TotalMilliseconds, 1);
        }
        Print(
            new
            {
                faces = reader.CountFaces(),
                makeSeconds = Math.Round(seconds, 1),
                makePeakMegabytes = peak,
                firstAnswerMs = firstMs,
                searchMs = new { p50 = Median(times), p95 = Percentile(times, 0.95) },
            }
        );
        return 0;
    }

    /// <summary>
    /// Searches of every kind beside the plain one, in rounds that take turns: what the machine does else is shared by all.
    /// </summary>
    public static int Search(string directory)
    {
        var store = new SqliteCatalogueStore(directory);
        using var reader = store.OpenReader();
        using var index = Open(store);
        var queries = Queries(reader, 200);
        var random = new Random(3);
        double FirstMs(PhotoFilter filter) =>
            Ms(() => index.Ask(reader, found => new LocalSearch(found, reader).Filter(filter).Contains(new PhotoId(1))));

        index.Ask(reader, found => Best(found, reader, [queries[0]], 20));
        PhotoFilter few = new() { Under = [DrawnCollection.Few] },
            half = new() { Under = [DrawnCollection.Half] };
        var filterFirstMs = new { few = FirstMs(few), half = FirstMs(half) };

        PersonQuestion Question(float[] query, params float[][] negatives) => new([query], ScoringRule.Plain, null, negatives, 0.3f, 20);
        PhotoScore[] Ranked(VectorTable found, PersonQuestion question, int photos, PhotoFilter? filter = null)
        {
            var search = new LocalSearch(found, reader);
            var allowed = filter is null ? null : search.Filter(filter);
            return Wait(new PersonRanking(search, allowed, question).BestAsync(photos, default));
        }
        // Somebody who looks like the person: halfway between two people.
        float[] Sibling(float[] query) => MeanRow.Of([query, queries[random.Next(queries.Length)], queries[random.Next(queries.Length)]]);

        var ranks = queries.ToDictionary(query => query, query => index.Ask(reader, found => Ranked(found, Question(query), 1000)));
        object? Why(VectorTable found, float[] query, int rank)
        {
            var search = new LocalSearch(found, reader);
            var ranked = ranks[query][Math.Min(rank, ranks[query].Length) - 1];
            return Wait(new PersonRanking(search, null, Question(query)).PlaceOfAsync(ranked.Photo, reader.FacesOf(ranked.Photo), default));
        }
        var kinds = new (string Name, Func<VectorTable, float[], object?> Search)[]
        {
            ("plain", (found, query) => Ranked(found, Question(query), 20)),
            ("under1", (found, query) => Ranked(found, Question(query), 20, few)),
            ("under50", (found, query) => Ranked(found, Question(query), 20, half)),
            ("k1000", (found, query) => Ranked(found, Question(query), 1000)),
            ("negatives", (found, query) =>
                Ranked(found, Question(query, queries[random.Next(queries.Length)], Sibling(query), queries[0]), 20)
            ),
            ("why10", (found, query) => Why(found, query, 10)),
            ("why100", (found, query) => Why(found, query, 100)),
            ("why1000", (found, query) => Why(found, query, 1000)),
            ("expanded", (found, query) =>
                Wait(
                    new PhotoRanking(new LocalSearch(found, reader), null).BestExpandedAsync(
                        query,
                        new PhotoId(0),
                        QueryExpansion.Candidates(20),
                        20
                    )
                )
            ),
        };
        var times = kinds.ToDictionary(kind => kind.Name, _ => new List<double>());
        for (var round = -20; round < 100; round++)
            foreach (var (name, search) in kinds)
            {
                var query = queries[(round + 20) % queries.Length];
                var ms = Ms(() => index.Ask(reader, found => search(found, query)));
                if (round >= 0)
                    times[name].Add(ms);
            }
        var medians = times.ToDictionary(kind => kind.Key, kind => Median([.. kind.Value.Order()]));
        Print(
            new
            {
                faces = reader.CountFaces(),
                filterFirstMs,
                medianMs = medians,
                toPlain = medians.ToDictionary(kind => kind.Key, kind => Math.Round(kind.Value / medians["plain"], 2)),
            }
        );
        return 0;
    }

    /// <summary>The first search after a commit, beside the next one.</summary>
    public static int Commit(string directory)
    {
        var store = new SqliteCatalogueStore(directory);
        using var reader = store.OpenReader();
        using var index = Open(store);
        var queries = Queries(reader, 100);
        var rows = new FaceRows().Draw(128, 0, seed: 99).Rows;
        var flat = Enumerable.Range(0, rows.Count).SelectMany(row => rows.Row(row).ToArray()).ToArray();
        var (first, next) = (new List<double>(), new List<double>());
        var number = 100_000_000 + (int)reader.CountFaces();
        _ = Times(queries, query => index.Ask(reader, found => Best(found, reader, [query], 20)));
        for (var round = 0; round < 30; round++)
        {
            using (var writer = store.OpenWriter())
                writer.Commit(
                    new IndexedSpaces(writer.EnsureSpace(DrawnCollection.Space)),
                    [
                        .. Enumerable
                            .Range(0, 64)
                            .Select(i =>
                                DrawnCollection.Photo(number++, flat.AsMemory(2 * i * FaceRows.Dimensions, 2 * FaceRows.Dimensions))
                            ),
                    ]
                );
            first.Add(Ms(() => index.Ask(reader, found => Best(found, reader, [queries[2 * round]], 20))));
            next.Add(Ms(() => index.Ask(reader, found => Best(found, reader, [queries[2 * round + 1]], 20))));
        }
        Print(
            new
            {
                faces = reader.CountFaces(),
                firstMs = Median([.. first.Order()]),
                nextMs = Median([.. next.Order()]),
            }
        );
        return 0;
    }

    /// <summary>Fifty times the index is written anew in part: what the process holds afterwards.</summary>
    public static int Renew(string directory)
    {
        var store = new SqliteCatalogueStore(directory);
        using var reader = store.OpenReader();
        using var index = Open(store);
        var query = Queries(reader, 1)[0];
        var rows = new FaceRows().Draw(2, 0, seed: 98).Rows;
        var flat = rows.Row(0).ToArray().Concat(rows.Row(1).ToArray()).ToArray();
        var number = 200_000_000 + (int)reader.CountFaces();
        var told = new List<object>();
        for (var round = 0; round <= 50; round++)
        {
            var stamp = DrawnCollection.Photo(number, flat);
            using (var writer = store.OpenWriter())
            {
                writer.Commit(new IndexedSpaces(writer.EnsureSpace(DrawnCollection.Space)), [stamp]);
                if (round > 0)
                    writer.RemovePaths([DrawnCollection.Photo(number - 1, flat).File.Path]);
            }
            number++;
            index.Renew(default);
            index.Ask(reader, found => Best(found, reader, [query], 20));
            if (round is 1 or 10 or 30 or 50)
                told.Add(
                    new
                    {
                        round,
                        megabytes = Peak.Now >> 20,
                        maps = File.ReadLines("/proc/self/maps").Count(line => line.Contains(directory, StringComparison.Ordinal)),
                        handles = Directory.GetFiles("/proc/self/fd").Length,
                    }
                );
        }
        Print(told);
        return 0;
    }

    /// <summary>One photo is forgotten.</summary>
    public static int Forget(string directory)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        var photo = collection.Catalogue.Ask(reader => reader.Photos(new PhotoId(reader.CountFaces() / 4), 1))[0].Id;
        var store = new SqliteCatalogueStore(directory);
        using var reader = store.OpenReader();
        using var index = Open(store);
        var queries = Queries(reader, 200);
        index.Ask(reader, found => Best(found, reader, [queries[0]], 20));
        var started = Stopwatch.GetTimestamp();
        var receipt = collection.Maintenance.BeginToForget([photo], []);
        var forgotten = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var searches = new List<double>();
        for (var i = 0; !receipt.Overwriting.IsCompleted; i++)
            searches.Add(Ms(() => index.Ask(reader, found => Best(found, reader, [queries[i % queries.Length]], 20))));
        var overwritten = receipt.Overwriting.GetAwaiter().GetResult();
        Print(
            new
            {
                faces = reader.CountFaces(),
                forgottenSeconds = Math.Round(forgotten, 2),
                overwrittenSeconds = Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1),
                overwritten.Problem,
                searchesMeanwhile = searches.Count,
                p50 = Median([.. searches.Order()]),
                slowestMs = Math.Round(searches.Max(), 1),
            }
        );
        return 0;
    }

    private static T Wait<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();

    private static double Ms(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 2);
    }

    private static LocalIndex Open(SqliteCatalogueStore store) =>
        new(store.DirectoryPath, DrawnCollection.Space.Key, DrawnCollection.Space.Model, store.OpenReader);

    /// <summary>Rows of the collection, from all over it.</summary>
    private static float[][] Queries(ICatalogueReader reader, int count)
    {
        var sample = reader.SampleEmbeddings(reader.FindSpace(DrawnCollection.Space.Key)!.Id, count);
        return [.. Enumerable.Range(0, sample.Count).OrderBy(row => row * 7919L % sample.Count).Select(row => sample.Row(row).ToArray())];
    }

    private static PhotoScore[] Best(VectorTable table, ISearchReader reader, IReadOnlyList<float[]> references, int photos) =>
        new PhotoRanking(new LocalSearch(table, reader), null).BestAsync(references, photos).AsTask().GetAwaiter().GetResult();

    private static double[] Times(float[][] queries, Action<float[]> search)
    {
        for (var (i, warming) = (0, Stopwatch.GetTimestamp()); Stopwatch.GetElapsedTime(warming).TotalSeconds < 2; i++)
            search(queries[i % queries.Length]);
        var times = new double[queries.Length];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            search(queries[i]);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
        Array.Sort(times);
        return times;
    }

    private static double Median(double[] sorted) => Percentile(sorted, 0.5);

    private static double Percentile(double[] sorted, double share) => Math.Round(sorted[(int)(sorted.Length * share)], 2);

    private static void Print(object result) => Console.WriteLine(JsonSerializer.Serialize(result, Indented));
}
