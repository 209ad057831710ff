using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Tests.Catalogue;

/// <summary>How long a writer waits for another, and what it says.</summary>
public sealed class SqliteWriterLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory.Path) { Patience = TimeSpan.FromMilliseconds(100) };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_writer_that_another_keeps_waiting_for_too_long_is_told_who_that_is_and_changes_nothing()
    {
        using var writer = Store.OpenWriter();
        var version = writer.Version;
        using (Lock().Enter())
        {
            foreach (var refused in new[] { Refused(() => writer.Announce([Some.File("/p/a.jpg")])), Refused(() => Store.OpenWriter()) })
                Assert.Contains($"is being written by process {Environment.ProcessId} on {Environment.MachineName}", refused);
            Assert.Equal(version, writer.Version);
        }
        writer.Announce([Some.File("/p/a.jpg")]);
        Assert.Equal(1, writer.Count().Waiting);
    }

    [Fact]
    public async Task A_writer_goes_on_as_soon_as_the_other_has_ended()
    {
        using var writer = new SqliteCatalogueStore(_directory.Path).OpenWriter();
        var other = Lock().Enter();
        var announcing = Task.Run(() => writer.Announce([Some.File("/p/a.jpg")]));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(0, writer.Count().Total);

        other.Dispose();
        await announcing.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(1, writer.Count().Waiting);
    }

    [Fact]
    public async Task An_indexer_waits_for_as_long_as_it_takes_unless_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        using var indexer = Store.OpenIndexer(cancel.Token);
        using var other = Lock().Enter();
        var announcing = Task.Run(() => indexer.Announce([Some.File("/p/a.jpg")]));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(announcing.IsCompleted);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            announcing.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)
        );
        Assert.Equal(0, indexer.Count().Total);
    }

    [Fact]
    public void One_writer_may_enter_its_lock_twice_and_lets_others_in_when_it_has_left_it_twice()
    {
        var (first, second) = (Lock(), Lock());
        var outer = first.Enter();
        first.Enter().Dispose();
        Assert.Contains("is being written by", Refused(() => second.Enter()));
        outer.Dispose();
        outer.Dispose();
        second.Enter().Dispose();
        Assert.False(File.Exists(_directory["writer.json"]));
    }

    private WriterLock Lock() => new(_directory.Path, TimeProvider.System) { Patience = TimeSpan.Zero };

    private static string Refused(Action write)
    {
        var refused = Assert.Throws<CatalogueException>(write);
        Assert.Equal(CatalogueProblem.Locked, refused.Problem);
        return refused.Message;
    }
}
