using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>SQLite keeps the contract.</summary>
public sealed class SqliteCatalogueContractTests : CatalogueContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private protected override ICatalogueStore Store => new SqliteCatalogueStore(_directory["collection"]);

    public void Dispose() => _directory.Dispose();
}
