using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Tests.Catalogue;
using Sosia.Tests.Search.Local;

namespace Sosia.Tests.Faults;

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

    /// <summary>Photos of the catalogue that some lives begin with, as an earlier version left it.</summary>
    private const int OldPhotos = 5;

    public static string KeyOf { get; } = Some.Space().Key;

    /// <summary>What a life is told.</summary>
    /// <param name="directory">The collection's directory.</param>
    /// <param name="seed">Chooses what it does; every third one begins with an old catalogue where there is none.</param>
    /// <param name="steps">After how many it ends.</param>
    /// <param name="first">The number of its first photo.</param>
    public static ProcessStartInfo Told(string directory, int seed, int steps, int first = 0)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ChildLife).Assembly.Location);
        start.Environment[DirectoryVariable] = directory;
        start.Environment[SeedVariable] = $"{seed}";
        start.Environment[StepsVariable] = $"{steps}";
        start.Environment[FirstVariable] = $"{first}";
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
            Live(directory, Number(SeedVariable), Number(StepsVariable), Number(FirstVariable));
            Console.WriteLine("done");
        }
        catch (Exception refused) when (refused is CatalogueException or IOException)
        {
            Console.WriteLine($"refused {refused.Message}");
        }
        Environment.Exit(0);
    }

    private static void Live(string directory, int seed, int steps, int first)
    {
        var random = new Random(seed);
        var store = new SqliteCatalogueStore(directory);
        if (seed % 3 == 0 && !File.Exists(store.File))
        {
            first = Commit(store, first, OldPhotos);
            MakeOld(store.File);
        }
        for (var step = 0; step < steps; step++)
            switch (random.Next(10))
            {
                case 0 or 1:
                    Forget(directory, random);
                    break;
                case 2 or 3:
                    Renew(directory);
                    break;
                default:
                    first = Commit(store, first, 1 + random.Next(3));
                    break;
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
        if (collection.Maintenance.Forget([photo.Id], []).Removed.Overwritten)
            Console.WriteLine($"forgotten {LivedThrough.NumberOf(photo)}");
    }

    private static void Renew(string directory)
    {
        using var index = new LocalIndex(directory, KeyOf, "model-a", new SqliteCatalogueStore(directory).OpenReader);
        index.Renew(default);
        Console.WriteLine("renewed");
    }

    private static void MakeOld(string file) => VersionEight.Restore(file, KeyOf, KeyOf);
}
