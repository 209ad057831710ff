using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Server;
using Sosia.Tests.Catalogue;

namespace Sosia.Postgres.Tests.Catalogue;

/// <summary>PostgreSQL keeps the contract.</summary>
public sealed class PostgresCatalogueContractTests : CatalogueContract, IDisposable
{
    private readonly string _collection = TestServer.NewName();
    private readonly PostgresServer _server;

    public PostgresCatalogueContractTests()
    {
        _server = new PostgresServer(TestServer.Need(), _collection);
        Store = new PostgresCatalogueStore(_server);
    }

    private protected override ICatalogueStore Store { get; }

    private protected override Forgotten Gone(int photos, int faces, int embeddings) =>
        new(photos, faces, embeddings, Overwritten: false) { NotOverwritten = PostgresWriter.StaysBehind };

    public void Dispose()
    {
        _server.Dispose();
        TestServer.Drop(_collection);
    }
}
