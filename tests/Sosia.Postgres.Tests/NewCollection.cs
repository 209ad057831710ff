using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Server;
using Sosia.Tests;

namespace Sosia.Postgres.Tests;

/// <summary>A collection of a test's own, which goes with the test.</summary>
internal sealed class NewCollection : IDisposable
{
    /// <param name="shards">Shards of Citus, without which the test is skipped; null for a plain collection.</param>
    public NewCollection(int? shards = null)
    {
        if (shards is not null)
            TestServer.NeedCitus();
        Server = new PostgresServer(TestServer.Need(), Name);
        Store = new PostgresCatalogueStore(Server) { Shards = shards };
    }

    /// <summary>Its name, which has quotes in it.</summary>
    public string Name { get; } = TestServer.NewName();

    public PostgresServer Server { get; }

    public PostgresCatalogueStore Store { get; }

    /// <summary>Another process's view of it.</summary>
    public PostgresCatalogueStore Another() => new(Server);

    /// <summary>The space of the tests, made when missing.</summary>
    public SpaceId Space()
    {
        using var writer = Store.OpenWriter();
        return writer.EnsureSpace(Some.Space());
    }

    public void Dispose()
    {
        Server.Dispose();
        TestServer.Drop(Name);
    }
}
