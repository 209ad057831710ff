using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sosia.Bench.Vectors;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.People;
using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Search;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia.Bench.Millions;

/// <summary>What people cost in a large collection: groups of all faces, a photo that is added, a case.</summary>
internal sealed class PeopleBench : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SqliteCatalogueStore _store;
    private readonly CatalogueReaders _readers;
    private readonly LocalVectorStore _vectors;
    private readonly QueryReader _queries;
    private readonly CollectionPeople _people;

    private PeopleBench(string directory)
    {
        _store = new SqliteCatalogueStore(directory);
        _readers = new CatalogueReaders(_store);
        _vectors = new LocalVectorStore(directory, _store.OpenReader, NullLogger.Instance);
        // The rows are drawn: no network made them, and no calibration says what their scores mean.
        var meanings = new ScoreMeanings(() => null!, () => null, () => DrawnCollection.Space.Key, directory);
        _queries = new QueryReader(_readers, _vectors, Space, _ => null!, new PhotoOptions(), () => null!, null!);
        var search = new PhotoSearch(_readers, _vectors, Space, meanings, null!, () => null!, TimeProvider.System);
        var drawn = new DrawnFaces(_readers, new Originals(new PhotoOptions()), null!, () => null!);
        _people = new CollectionPeople(directory, _readers, _vectors, Space, _queries, search, meanings, drawn, TimeProvider.System);
    }

    /// <summary>Groups all faces.</summary>
    public static int Group(string directory)
    {
        using var bench = new PeopleBench(directory);
        using var peak = new Peak();
        var result = bench._people.Group();
        Print(
            new
            {
                result.Faces,
                result.Groups,
                seconds = Math.Round(result.Elapsed.TotalSeconds, 1),
                peakMegabytes = peak.Megabytes,
            }
        );
        return 0;
    }

    /// <summary>Adds photos one by one, and asks each time who there is.</summary>
    public static int Add(string directory)
    {
        using var bench = new PeopleBench(directory);
        bench._people.Group();
        var rows = new FaceRows().Draw(40, 0, seed: 97).Rows;
        var number = 300_000_000 + (int)bench._readers.Ask(reader => reader.CountFaces());
        var (added, same) = (new List<double>(), new List<double>());
        for (var row = 0; row < rows.Count; row++)
        {
            using (var writer = bench._store.OpenWriter())
                writer.Commit(
                    new IndexedSpaces(writer.EnsureSpace(DrawnCollection.Space)),
                    [DrawnCollection.Photo(number++, rows.Row(row).ToArray())]
                );
            added.Add(Ms(() => bench._people.Read()));
            same.Add(Ms(() => bench._people.Read()));
        }
        Print(
            new
            {
                faces = bench._readers.Ask(reader => reader.CountFaces()),
                afterAPhotoMs = Median(added),
                againMs = Median(same),
            }
        );
        return 0;
    }

    /// <summary>Searches with three references for and three against.</summary>
    public static int Case(string directory)
    {
        using var bench = new PeopleBench(directory);
        var random = new Random(5);
        var faces = bench._readers.Ask(reader => reader.CountFaces());
        QueryPhoto Any() => bench._queries.StoredFace(new FaceId(1 + random.NextInt64(faces)))!.Query;
        var details = new CaseDetails($"bench {Guid.NewGuid():N}");
        var made = bench._people.Cases.New(details, [Any(), Any(), Any()], [Any(), Any(), Any()]);
        var options = new SearchOptions { Threshold = 0.3f };
        var times = new List<double>();
        for (var round = -10; round < 50; round++)
        {
            var ms = Ms(() => bench._people.Cases.Matches(made, options, peek: true));
            if (round >= 0)
                times.Add(ms);
        }
        bench._people.Cases.Delete(made);
        Print(new { faces, caseMs = Median(times) });
        return 0;
    }

    public void Dispose()
    {
        _vectors.Finish();
        _vectors.Dispose();
        _readers.Dispose();
    }

    private static SpaceName Space() => new(DrawnCollection.Space.Key, DrawnCollection.Space.Model);

    private static double Ms(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> times) => Math.Round(times.Order().ElementAt(times.Count / 2), 2);

    private static void Print(object result) => Console.WriteLine(JsonSerializer.Serialize(result, Indented));
}
