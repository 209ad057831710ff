using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Tests.Catalogue;

/// <summary>What was acknowledged survives the end of the process, however that comes.</summary>
[Slow]
public sealed class SqliteKilledWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory["collection"]);

    [Fact]
    public async Task An_indexer_in_another_process_keeps_a_second_one_out_until_it_is_killed_and_lets_a_writer_through()
    {
        using var child = ChildWriter.Start(_directory["collection"]);
        Assert.Equal("0.", await child.StandardOutput.ReadLineAsync());
        var lines = ReadAcknowledged(child);

        var refused = Assert.Throws<CatalogueException>(() => Store.OpenIndexer());
        Assert.Equal(CatalogueProblem.Locked, refused.Problem);
        Assert.Contains($"is being indexed by process {child.Id} on {Environment.MachineName}", refused.Message);
        Assert.Equal(child.Id, LockOwner.OfIndexer(Store.DirectoryPath)?.Process);
        using (var writer = Store.OpenWriter())
        {
            var photo = writer.FindPhoto(Some.Sha256("0"))!.Id;
            Assert.True(writer.Forget([photo], []).Overwritten);
            Assert.Null(writer.FindPhoto(photo));
            var before = writer.Count().Total;
            while (writer.Count().Total == before)
                await Task.Delay(10); // the child goes on
        }

        child.Kill();
        await child.WaitForExitAsync();
        Assert.Null(LockOwner.OfIndexer(Store.DirectoryPath));
        using var next = Store.OpenIndexer();
        Assert.Subset(
            next.Photos(default, int.MaxValue).Select(photo => Path.GetFileNameWithoutExtension(photo.Paths[0])).ToHashSet(),
            (await lines).Select(number => $"{number}").ToHashSet()
        );
        Assert.Null(next.FindPhoto(Some.Sha256("0")));
        Assert.Empty(next.Verify());
    }

    [Fact]
    public async Task A_file_that_may_not_grow_is_reported_and_everything_before_is_kept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on file sizes is set the way of Linux.");
        using var child = ChildWriter.Start(_directory["collection"], fileLimit: 400_000);
        var said = (await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await child.WaitForExitAsync();

        Assert.StartsWith("CannotWrite: ", said[^1]);
        CheckAll(said[..^1].Select(line => int.Parse(line.TrimEnd('.'))).ToHashSet());
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<List<int>> ReadAcknowledged(Process child)
    {
        var numbers = new List<int>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
            if (line.EndsWith('.'))
                numbers.Add(int.Parse(line.TrimEnd('.')));
        return numbers;
    }

    private void CheckAll(HashSet<int> acknowledged)
    {
        using var catalogue = Store.OpenWriter(); // the lock went with the process
        var photos = catalogue.Photos(default, int.MaxValue);
        var stored = photos.SelectMany(photo => photo.Paths).Select(path => int.Parse(Path.GetFileNameWithoutExtension(path))).ToList();
        Assert.Equal(stored.Distinct().Count(), stored.Count);
        Assert.Equal(photos.Count, stored.Count);
        Assert.Subset(stored.ToHashSet(), acknowledged);
        foreach (var photo in photos)
        {
            var truth = ChildWriter.Outcome(int.Parse(Path.GetFileNameWithoutExtension(photo.Paths[0]))).Photo;
            Assert.Equal(truth.Sha256, photo.Sha256);
            Assert.Equal(
                truth.Faces.Select(face => face.Box).OrderBy(box => box.Left),
                catalogue.FacesOf(photo.Id).Select(face => face.Box).OrderBy(box => box.Left)
            );
        }
        Assert.Empty(catalogue.Verify());
    }
}
