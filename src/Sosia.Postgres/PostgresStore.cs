using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Search;
using Sosia.Postgres.Server;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia.Postgres;

/// <summary>
/// A collection in a schema of a PostgreSQL database with pgvector. Any number of machines index into it and search it; each that searches
/// keeps an exact index of its own, derived from the database and brought up to date with every search.
/// </summary>
public sealed class PostgresStore : CollectionStore, IDisposable
{
    /// <summary>The name of a collection that has no other.</summary>
    public const string DefaultCollection = "sosia";

    /// <summary>Shards of a collection at most.</summary>
    public const int MostShards = Distribution.MostShards;

    private const int LongestName = 63;

    private readonly PostgresServer _server;

    /// <summary>Names a collection; nothing is asked of the server yet.</summary>
    /// <param name="connectionString">
    /// As Npgsql takes it: host, database, user, TLS and so on. A password may be left to <c>PGPASSFILE</c>.
    /// </param>
    /// <param name="collection">The collection's name, which is that of its schema; null for the connection string's Search Path, else
    /// <see cref="DefaultCollection"/>.</param>
    /// <exception cref="CatalogueException">The connection string can't be read.</exception>
    /// <exception cref="ArgumentException">The name is longer than PostgreSQL's names are.</exception>
    public PostgresStore(string connectionString, string? collection = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var name = collection ?? Unquoted(ConnectionText.Read(connectionString).SearchPath) ?? DefaultCollection;
        if (name.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(name) > LongestName || name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"A collection in a database has a name of 1 to {LongestName} bytes; choose another.");
        _server = new PostgresServer(connectionString, name);
        Catalogue = new PostgresCatalogueStore(_server);
    }

    /// <inheritdoc/>
    public override string Name => _server.Name;

    /// <summary>
    /// Where rows are compared; a collection that is open already stays as it is. Null is near the reader, and in the database where Citus
    /// spreads it over machines.
    /// </summary>
    public SearchPlace? Where { get; set; }

    /// <summary>Whether Citus spreads it over machines.</summary>
    private bool IsSpread => (_server.Shards ??= _server.Asking(() => Schema.ShardsAt(_server))) is not null;

    /// <summary>The catalogue.</summary>
    internal PostgresCatalogueStore Catalogue { get; }

    /// <summary>The server.</summary>
    internal PostgresServer Server => _server;

    /// <summary>Makes the collection where it is missing, and brings it to this program's version where it is older.</summary>
    /// <param name="shards">
    /// Shards of Citus, 1 to 4,096, over which a collection is spread that has no photo yet; null for a plain server.
    /// </param>
    /// <exception cref="CatalogueException">The server can't be reached, refuses, or lacks pgvector, or Citus for shards.</exception>
    public void Make(int? shards = null)
    {
        if (shards is { } some)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(some, 1, nameof(shards));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(some, MostShards, nameof(shards));
        }
        using var made = new PostgresCatalogueStore(_server) { Shards = shards };
        made.OpenWriter().Dispose();
    }

    /// <summary>Makes the HNSW indexes of the collection's spaces, for searches that are <see cref="SearchPlace.Approximate"/>.</summary>
    /// <returns>The models whose rows they are of.</returns>
    /// <exception cref="CatalogueException">The server can't be reached or refuses, or a space has more than 2,000 dimensions.</exception>
    public IReadOnlyList<string> MakeIndexes()
    {
        using var reader = Catalogue.OpenReader();
        var spaces = reader.Spaces();
        foreach (var space in spaces)
            Hnsw.Make(_server, new NamedSpace(space.Id, space.Space));
        return [.. spaces.Select(space => space.Space.Model)];
    }

    /// <inheritdoc/>
    public override StoreFacts Facts()
    {
        using var reader = Catalogue.OpenReader();
        return ServerFacts.Read(_server, Catalogue.Queue.Count());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StoreCheck> Check() => ServerFacts.Check(_server, Catalogue);

    /// <inheritdoc/>
    internal override OpenedStore Open(CollectionOptions options)
    {
        var directory = options.Directory;
        if (directory.Length == 0)
            directory = Path.Combine(UserDirectories.Default.Stores, Catalogue.Identity);
        var isSpread = IsSpread;
        var where = Where ?? (isSpread ? SearchPlace.Database : SearchPlace.Near);
        if (where == SearchPlace.Near && isSpread)
            throw new CatalogueException(
                CatalogueProblem.NotFound,
                $"The collection {Name} is spread over machines by Citus, whose changes have no order that an index near the reader could "
                    + "follow: search in the database (--where database or approximate)."
            );
        IVectorStore vectors =
            where == SearchPlace.Near
                ? new LocalVectorStore(directory, Catalogue.OpenReader, options.Loggers.CreateLogger<Collection>())
                : new DatabaseVectorStore(_server, isApproximate: where == SearchPlace.Approximate);
        return new OpenedStore(directory, new CollectionStores(Catalogue, new PostgresBackup(_server), vectors));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Catalogue.Dispose();
        _server.Dispose();
    }

    private static string? Unquoted(string? name) =>
        name is ['"', .., '"'] and { Length: > 2 } ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
