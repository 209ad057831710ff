using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>SQLite keeps the contract, and lets one index at a time.</summary>
public sealed class SqliteCatalogueContractTests : CatalogueContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private protected override ICatalogueStore Store => new SqliteCatalogueStore(_directory["collection"]);

    [Fact]
    public void A_second_indexer_is_refused_and_told_who_indexes()
    {
        using (Store.OpenIndexer())
        {
            var refused = Assert.Throws<CatalogueException>(() => Store.OpenIndexer());
            Assert.Equal(CatalogueProblem.Locked, refused.Problem);
            Assert.Contains($"is being indexed by process {Environment.ProcessId}", refused.Message);
        }
        Store.OpenIndexer().Dispose();
    }

    [Fact]
    public void An_indexer_closed_twice_does_not_let_go_of_the_next_ones_lock()
    {
        var first = Store.OpenIndexer();
        first.Dispose();
        using var second = Store.OpenIndexer();
        first.Dispose();
        Assert.Contains($"process {Environment.ProcessId}", Assert.Throws<CatalogueException>(() => Store.OpenIndexer()).Message);
        Assert.Throws<ObjectDisposedException>(() => first.Count());
    }

    public void Dispose() => _directory.Dispose();
}
