using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Tests.Search.Local;

namespace Sosia.Tests.Indexing;

/// <summary>
/// Makes the index of a <see cref="StoredRows"/> in a process of its own, where the operating system lets no file grow beyond a length.
/// </summary>
internal static class ChildIndexer
{
    private const string DirectoryVariable = "SOSIA_TEST_CHILD_INDEXER";
    private const string FileLimitVariable = "SOSIA_TEST_CHILD_INDEXER_LIMIT";

    /// <returns>Whether the answers were right, and whether the index is kept in a file.</returns>
    public static string Run(string directory, long fileLimit)
    {
        var start = ThisProgram.Again();
        start.Environment[DirectoryVariable] = directory;
        start.Environment[FileLimitVariable] = $"{fileLimit}";
        using var child = Process.Start(start)!;
        var said = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        return said;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } directory)
            return;
        var limit = long.Parse(Environment.GetEnvironmentVariable(FileLimitVariable)!);
        if (limit > 0)
            OperatingSystemLimits.LimitFileSize(limit);
        using var index = StoredRows.IndexOf(directory);
        index.Renew(default);
        using var reader = new SqliteCatalogueStore(directory).OpenReader();
        var (table, truth) = (index.Load(reader), new VectorTable(reader.ReadEmbeddings(reader.Spaces()[0].Id)));
        var query = StoredRows.Row(77);
        var right =
            table.IsIndexed
            && table
                .Best([query], photos: 20)
                .Select(score => (score.Photo, score.Score))
                .SequenceEqual(truth.Truth([query]).Take(20).Select(score => (score.Photo, score.Score)));
        Console.WriteLine(
            $"{(right ? "right" : "wrong")}, "
                + $"{(table is { Added: 0, Removed: 0 } && StoredRows.IndexOf(directory).Load(reader) is { IsIndexed: true, Removed: 0 } ? "kept" : "in memory")}"
        );
        Environment.Exit(0);
    }
}
