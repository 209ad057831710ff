using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Tests.Catalogue;
using Sosia.Tests.Search.Local;

namespace Sosia.Tests.Faults;

/// <summary>What a <see cref="ChildLife"/> does.</summary>
internal enum LifeOf
{
    /// <summary>All that follows, as its seed chooses.</summary>
    Everything,

    /// <summary>Commits photos, as an index run does.</summary>
    Indexing,

    /// <summary>Forgets photos.</summary>
    Forgetting,

    /// <summary>Makes the index file anew.</summary>
    Renewing,

    /// <summary>Searches.</summary>
    Searching,

    /// <summary>Commits and removes photos, and brings an index of many small segments up to date.</summary>
    Merging,

    /// <summary>Says who is who, and takes some of it back.</summary>
    Speaking,
}

/// <summary>
/// A collection's life in a process of its own, for tests that end it: it commits photos, forgets some, makes the index anew, and brings an
/// old catalogue forward. It says what it begins to forget, and everything when it is done.
/// </summary>
internal static class ChildLife
{
    private const string DirectoryVariable = "SOSIA_TEST_CHILD_LIFE";
    private const string SeedVariable = "SOSIA_TEST_CHILD_LIFE_SEED";
    private const string StepsVariable = "SOSIA_TEST_CHILD_LIFE_STEPS";
    private const string FirstVariable = "SOSIA_TEST_CHILD_LIFE_FIRST";
    private const string KindVariable = "SOSIA_TEST_CHILD_LIFE_KIND";

    /// <summary>Photos of the catalogue that some lives begin with, as an earlier version left it.</summary>
    private const int OldPhotos = 5;

    private const int RowsASegment = 16;

    public static string KeyOf { get; } = Some.Space().Key;

    /// <summary>What a life is told.</summary>
    /// <param name="directory">The collection's directory.</param>
    /// <param name="seed">Chooses what it does; every third one begins with an old catalogue where there is none.</param>
    /// <param name="steps">After how many it ends.</param>
    /// <param name="first">The number of its first photo.</param>
    /// <param name="of">What it does.</param>
    public static ProcessStartInfo Told(string directory, int seed, int steps, int first = 0, LifeOf of = LifeOf.Everything)
    {
        var start = ThisProgram.Again();
        start.Environment[DirectoryVariable] = directory;
        start.Environment[SeedVariable] = $"{seed}";
        start.Environment[StepsVariable] = $"{steps}";
        start.Environment[FirstVariable] = $"{first}";
        start.Environment[KindVariable] = $"{of}";
        return start;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } directory)
            return;
        int Number(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable)!);
        try
        {
            var of = Enum.Parse<LifeOf>(Environment.GetEnvironmentVariable(KindVariable)!);
            Live(directory, Number(SeedVariable), Number(StepsVariable), Number(FirstVariable), of);
            Console.WriteLine("done");
        }
        catch (Exception refused) when (refused is CatalogueException or IOException)
        {
            Console.WriteLine($"refused {refused.Message}");
        }
        Environment.Exit(0);
    }

    private static void Live(string directory, int seed, int steps, int first, LifeOf of)
    {
        var random = new Random(seed);
        var store = new SqliteCatalogueStore(directory);
        if (of == LifeOf.Everything && seed % 3 == 0 && !File.Exists(store.File))
        {
            first = Commit(store, first, OldPhotos);
            MakeOld(store.File);
        }
        for (var step = 0; step < steps; step++)
            switch (of == LifeOf.Everything ? Chosen(random) : of)
            {
                case LifeOf.Forgetting:
                    Forget(directory, random);
                    break;
                case LifeOf.Renewing:
                    Renew(directory);
                    break;
                case LifeOf.Searching:
                    Search(directory);
                    break;
                case LifeOf.Speaking:
                    ChildSpeaker.Say(store, random);
                    break;
                case LifeOf.Merging:
                    first = Commit(store, first, 1 + random.Next(30));
                    Remove(store, random.Next(first), random.Next(4));
                    Renew(directory);
                    break;
                default:
                    first = TryCommit(store, first, 1 + random.Next(3));
                    break;
            }
    }

    private static LifeOf Chosen(Random random) =>
        random.Next(10) switch
        {
            0 or 1 => LifeOf.Forgetting,
            2 or 3 => LifeOf.Renewing,
            _ => LifeOf.Indexing,
        };

    /// <returns>The number of the next photo; the same again where another process indexes, as it is told.</returns>
    private static int TryCommit(SqliteCatalogueStore store, int first, int count)
    {
        try
        {
            return Commit(store, first, count);
        }
        catch (CatalogueException locked)
            when (locked.Problem == CatalogueProblem.Locked && locked.Message.Contains("is being indexed by", StringComparison.Ordinal))
        {
            Console.WriteLine("locked");
            return first;
        }
    }

    private static int Commit(SqliteCatalogueStore store, int first, int count)
    {
        using var writer = store.OpenIndexer();
        var photos = Enumerable.Range(first, count).ToArray();
        writer.Announce([.. photos.Select(number => ChildWriter.Outcome(number).File)]);
        writer.Commit(writer.EnsureSpace(Some.Space()), [.. photos.Select(ChildWriter.Outcome)]);
        Console.Write(string.Concat(photos.Select(number => $"stored {number}\n")));
        return first + count;
    }

    private static void Forget(string directory, Random random)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        if (!File.Exists(new SqliteCatalogueStore(directory).File))
            return;
        var photos = collection.Catalogue.Ask(reader => reader.Photos(default, int.MaxValue));
        if (photos.Count == 0)
            return;
        var photo = photos[random.Next(photos.Count)];
        Console.WriteLine($"forgetting {LivedThrough.NumberOf(photo)}");
        try
        {
            if (collection.Maintenance.Forget([photo.Id], []).Removed.Overwritten)
                Console.WriteLine($"forgotten {LivedThrough.NumberOf(photo)}");
        }
        catch (CatalogueException gone) when (gone.Problem == CatalogueProblem.NotFound)
        {
            Console.WriteLine("gone"); // another process forgot it meanwhile
        }
    }

    private static void Remove(SqliteCatalogueStore store, int first, int count)
    {
        using var writer = store.OpenWriter();
        writer.RemovePaths([.. Enumerable.Range(first, count).Select(number => ChildWriter.Outcome(number).File.Path)]);
    }

    private static void Renew(string directory)
    {
        using var index = IndexOf(directory);
        index.Renew(default);
        Console.WriteLine("renewed");
    }

    /// <summary>The index of the collection, in segments of few rows.</summary>
    public static LocalIndex IndexOf(string directory) =>
        new(directory, KeyOf, "model-a", new SqliteCatalogueStore(directory).OpenReader) { RowsASegment = RowsASegment, FewChanges = 0 };

    private static void Search(string directory)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        using var index = new LocalIndex(directory, KeyOf, "model-a", new SqliteCatalogueStore(directory).OpenReader);
        using var reader = collection.Catalogue.Open();
        var found = index.Ask(reader, table => table.Best([Some.Embedding(3)], photos: 20));
        _ = reader.FindPhotos([.. found.Select(score => score.Photo)]);
        Console.WriteLine("asked");
    }

    private static void MakeOld(string file) => VersionEight.Restore(file, KeyOf, KeyOf);
}
