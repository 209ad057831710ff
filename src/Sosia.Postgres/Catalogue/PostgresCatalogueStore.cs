using Sosia.Catalogue;
using Sosia.Catalogue.Sql;
using Sosia.Postgres.Queue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Catalogue;

/// <summary>A catalogue in a schema of a PostgreSQL database: many write, many read, all see what has been committed.</summary>
/// <param name="server">Where.</param>
internal sealed class PostgresCatalogueStore(PostgresServer server) : ICatalogueStore, IDisposable
{
    private readonly FileQueue _queue = new(server);
    private bool _isCurrent;
    private string? _identity;

    /// <summary>The identity of the catalogue; where there is none yet, the one that it gets when it is made here.</summary>
    /// <exception cref="CatalogueException">The server can't be reached, or refuses.</exception>
    public string Identity => _identity ??= server.Asking(() => Schema.IdentityAt(server)) ?? Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public ICatalogueReader OpenReader()
    {
        if (!_isCurrent)
        {
            var version = server.Asking(() => Schema.VersionAt(server))
                ?? throw new CatalogueException(
                    CatalogueProblem.Missing,
                    $"There is no collection {server.Name}: index some photos first, or make it with 'sosia store init'."
                );
            Schema.ThrowIfTooNew(version, server);
            if (version < Schema.Version)
                BringForward();
            NoteCurrent();
        }
        return new SqlReader(new PostgresDatabase(server));
    }

    /// <inheritdoc/>
    public ICatalogueWriter OpenWriter(bool overwrite = true)
    {
        if (!_isCurrent)
        {
            BringForward();
            NoteCurrent();
        }
        return new PostgresWriter(new PostgresDatabase(server));
    }

    /// <inheritdoc/>
    public ICatalogueWriter OpenIndexer(CancellationToken cancellation = default) => OpenWriter();

    /// <summary>A key of a B-tree has 2,704 bytes at most.</summary>
    public int LongestPath => 2600;

    /// <inheritdoc/>
    public IFileQueue Queue => _queue;

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    /// <summary>Shards of Citus to spread a new collection over; null for none.</summary>
    public int? Shards { get; init; }

    private void BringForward() =>
        server.Asking(() =>
        {
            Schema.BringForward(server, _identity ?? Guid.NewGuid().ToString("N"), Shards);
            return true;
        });

    private void NoteCurrent()
    {
        server.Shards = server.Asking(() => Schema.ShardsAt(server));
        _isCurrent = true;
    }
}
