using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Catalogue;

/// <summary>
/// Citus spreads the tables that grow with the photos over machines: in shards by bucket, so that what belongs to a photo lies together.
/// All others stay on the coordinator, which every program speaks to.
/// </summary>
internal static class Distribution
{
    /// <summary>Shards at most: there are no more buckets.</summary>
    public const int MostShards = Bucket.Mask + 1;

    /// <summary>The tables, each after those that it refers to; the first one says how the others are spread.</summary>
    private static readonly string[] Tables =
    [
        "photos",
        "faces",
        "analysed",
        "photo_facts",
        "photo_descriptors",
        "embeddings",
        "photo_embeddings",
    ];

    /// <summary>Spreads the tables of a collection that has no photo yet. The caller has a transaction open, in the collection's schema.
    /// </summary>
    /// <exception cref="CatalogueException">The extension is missing, or the collection is spread otherwise, or not empty.</exception>
    public static void Spread(NpgsqlConnection connection, PostgresServer server, int shards)
    {
        if (Value(connection, "SELECT 1 FROM pg_extension WHERE extname = 'citus'") is null)
            throw new CatalogueException(
                CatalogueProblem.Unavailable,
                $"The database {server.Settings.Database} has not the extension citus, which shards need: let its administrator load it "
                    + "(shared_preload_libraries) and say CREATE EXTENSION citus, or leave --shards out."
            );
        if (Value(connection, "SELECT shards FROM catalogue") is int already)
        {
            if (already != shards)
                throw Refused(server, $"is spread over {already} shards already");
            return;
        }
        if (Value(connection, "SELECT 1 FROM photos LIMIT 1") is not null || Value(connection, "SELECT 1 FROM spaces LIMIT 1") is not null)
            throw Refused(server, "has photos already");
        foreach (var table in Tables)
            Value(
                connection,
                $"SELECT create_distributed_table('{table}', 'bucket', "
                    + (table == Tables[0] ? $"colocate_with => 'none', shard_count => {shards})" : $"colocate_with => '{Tables[0]}')")
            );
        Value(connection, $"UPDATE catalogue SET shards = {shards}");
    }

    private static CatalogueException Refused(PostgresServer server, string why) =>
        new(
            CatalogueProblem.CannotWrite,
            $"The collection {server.Name} {why}: make another one with --collection NAME and --shards, and 'sosia copy' this one into it."
        );

    private static object? Value(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return command.ExecuteScalar();
    }
}
