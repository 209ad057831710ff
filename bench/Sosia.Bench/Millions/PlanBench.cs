using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Copies;
using Sosia.Indexing;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Bench.Millions;

/// <summary>An indexing run that finds everything as it was: real files, empty ones, which the catalogue knows as photos without
/// faces.</summary>
internal static class PlanBench
{
    private const int FilesAFolder = 1000,
        FilesACommit = 8192;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A run over a tree of many known files.</summary>
    public static int Run(string directory, int files)
    {
        using var collection = Prepare(directory, files, number => $"{number / FilesAFolder:D5}/photo-{number:D8}.jpg");
        var before = Peak.Now >> 20;
        using var peak = new Peak();
        var (seconds, summary) = Timed(() => collection.Indexing.Run([Photos(directory)]));
        Print(
            new
            {
                files = summary.Skipped,
                toRead = summary.Photos + summary.Failures.Count,
                seconds = Math.Round(seconds, 1),
                megabytesBefore = before,
                peakMegabytes = peak.Megabytes,
            }
        );
        return 0;
    }

    /// <summary>A run over one file by its name, in a folder of many known files and in one of ten.</summary>
    public static int RunOne(string directory, int files)
    {
        var seconds = new List<double[]>();
        var counts = new[] { 10, files };
        foreach (var count in counts)
        {
            var place = Path.Combine(directory, $"{count}");
            using var collection = Prepare(place, count, number => $"photo-{number:D8}.jpg");
            var file = Path.Combine(Photos(place), $"photo-{count / 2:D8}.jpg");
            _ = Timed(() => collection.Indexing.Run([file]));
            seconds.Add([.. Enumerable.Range(0, 9).Select(_ => Timed(() => collection.Indexing.Run([file])).Seconds).Order()]);
        }
        Print(
            counts
                .Zip(seconds)
                .Select(one => new { filesInFolder = one.First, medianSeconds = Math.Round(one.Second[one.Second.Length / 2], 4) })
        );
        return 0;
    }

    private static (double Seconds, IndexSummary Summary) Timed(Func<IndexSummary> run)
    {
        var started = Stopwatch.GetTimestamp();
        var summary = run();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, summary);
    }

    private static string Photos(string directory) => Path.Combine(Path.GetFullPath(directory), "photos");

    private static Collection Prepare(string directory, int files, Func<int, string> nameOf)
    {
        var collection = Collection.Open(new CollectionOptions { Directory = Path.Combine(directory, "collection") });
        using var writer = new SqliteCatalogueStore(collection.Directory).OpenIndexer();
        var spaces = new IndexedSpaces(writer.EnsureSpace(collection.Space)) { DescriptorVersion = PhotoDescriptor.Version };
        var first = (int)writer.Count().Total;
        foreach (var numbers in Enumerable.Range(first, files - first).Chunk(FilesACommit))
            writer.Commit(spaces, [.. numbers.Select(number => Empty(Path.Combine(Photos(directory), nameOf(number)), number))]);
        return collection;
    }

    private static PhotoRead Empty(string path, int number)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        new FileStream(path, FileMode.Create).Dispose();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes([number])));
        return new PhotoRead(
            PhotoFile.StampOf(path),
            new NewPhoto(sha256, 4000, 3000, []) { Facts = PhotoFacts.None, Descriptor = new byte[64] }
        );
    }

    private static void Print(object result) => Console.WriteLine(JsonSerializer.Serialize(result, Indented));
}
