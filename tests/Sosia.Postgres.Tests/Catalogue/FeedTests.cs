using Sosia.Catalogue;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Catalogue;

/// <summary>Readers that follow the changes of many writers miss nothing and are told nothing twice.</summary>
[Slow]
public sealed class FeedTests
{
    private const int Writers = 8,
        Readers = 3,
        Changes = 12_000, // some of them change nothing, or are given up
        Commits = 10_000,
        AbortsEvery = 13;

    /// <summary>
    /// Eight writers store photos, replace and remove them, wait at odd moments, and give up one transaction of thirteen in its middle. Each
    /// reader applies what it is told of, and must hold what the catalogue holds at the end.
    /// </summary>
    [Fact]
    public async Task No_row_is_missed_or_doubled_in_ten_thousand_commits_of_eight_writers()
    {
        using var collection = new NewCollection();
        var space = collection.Space();
        using var done = new CancellationTokenSource();
        var reading = Enumerable.Range(0, Readers).Select(_ => Task.Run(() => Follow(collection, space, done))).ToList();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(collection, space, writer))));
        await done.CancelAsync();

        using var reader = collection.Store.OpenReader();
        var table = reader.ReadEmbeddings(space);
        Assert.True(table.Revision.Version >= Commits, $"Only {table.Revision.Version} commits were made.");
        var there = table.Faces.Select((face, row) => (face.Value, table.Rows.Row(row)[0])).ToHashSet();
        foreach (var followed in await Task.WhenAll(reading))
            Assert.Equal(there, followed);
        Assert.Empty(reader.Verify());
    }

    private static void Write(NewCollection collection, SpaceId space, int number)
    {
        var random = new Random(number);
        using var writer = collection.Another().OpenWriter();
        for (var commit = 0; commit < Changes / Writers; commit++)
        {
            var (path, content) = ($"/{number}/{random.Next(60)}.jpg", $"{number} {commit}");
            if (commit % AbortsEvery == 0)
            {
                // Fails after its rows were stored, and before it is numbered.
                Assert.ThrowsAny<CatalogueException>(() =>
                    writer.Commit(space, [Some.Read(path, content, Some.Face(commit)), Some.Copy("/copy.jpg", $"never stored {number}")])
                );
                continue;
            }
            if (random.Next(5) == 0)
                writer.RemovePaths([path]);
            else
                writer.Commit(space, [Some.Read(path, content, Some.Face(commit), Some.Face(commit + 1))]);
            if (random.Next(50) == 0)
                Thread.Sleep(random.Next(20));
        }
    }

    /// <returns>The faces that it holds at the end, each with a number of its row.</returns>
    private static HashSet<(long, float)> Follow(NewCollection collection, SpaceId space, CancellationTokenSource done)
    {
        using var reader = collection.Another().OpenReader();
        var table = reader.ReadEmbeddings(space);
        var held = table
            .Faces.Select((face, row) => (Face: face.Value, Number: table.Rows.Row(row)[0]))
            .ToDictionary(row => row.Face, row => row.Number);
        var revision = table.Revision;
        for (var isLast = false; ; isLast = done.IsCancellationRequested)
        {
            var changes = reader.ReadChanges(space, revision);
            Assert.NotNull(changes);
            Assert.True(changes.Added.Revision.Version >= revision.Version);
            foreach (var face in changes.Removed)
                held.Remove(face.Value);
            for (var row = 0; row < changes.Added.Count; row++)
                Assert.True(held.TryAdd(changes.Added.Faces[row].Value, changes.Added.Rows.Row(row)[0]), "A row was told twice.");
            revision = changes.Added.Revision;
            if (isLast)
                return [.. held.Select(row => (row.Key, row.Value))];
        }
    }
}
