using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Search;

/// <summary>
/// pgvector's graph index (Malkov and Yashunin, 2018): fast over very many rows, and approximate. It is on an expression, so that a search
/// that is to be exact never uses it.
/// </summary>
internal static class Hnsw
{
    /// <summary>Dimensions that it can have.</summary>
    public const int MostDimensions = 2000;

    private const int Links = 24,
        Candidates = 100;

    private const int BytesOfLinks = 3072;
    private const long LeastMemory = 64,
        MostMemory = 8192; // megabytes

    /// <summary>What is indexed of a row.</summary>
    public static string Expression(int dimensions) => $"(e.row::vector({dimensions}))";

    /// <summary>Makes the index of a space, or makes it anew; others write and search meanwhile.</summary>
    /// <exception cref="CatalogueException">The space has too many dimensions, or the server refuses.</exception>
    public static void Make(PostgresServer server, NamedSpace space)
    {
        if (space.Space.Dimensions > MostDimensions)
            throw new CatalogueException(
                CatalogueProblem.CannotWrite,
                $"pgvector's HNSW index takes {MostDimensions:N0} dimensions at most, and rows of {space.Space.Model} have "
                    + $"{space.Space.Dimensions:N0}: search near the reader, or exactly in the database."
            );
        var table = $"{(space.Space.Of == SpaceKind.Faces ? "embeddings" : "photo_embeddings")}_{space.Id}";
        var index = $"{table}_hnsw";
        var expression = Expression(space.Space.Dimensions).Replace("e.row", "row", StringComparison.Ordinal);
        try
        {
            using var connection = server.Connect();
            var rows = Count(connection, $"{server.Schema}.{table}");
            // A graph that does not fit is made many times slower.
            var megabytes = Math.Clamp(rows * (BytesOfLinks + (space.Space.Dimensions * sizeof(float))) >> 20, LeastMemory, MostMemory);
            // Below pgvector 0.8.2 parallel workers may make a damaged one. What an interrupted making left is taken away.
            foreach (
                var sql in new[]
                {
                    "SET max_parallel_maintenance_workers = 0",
                    $"SET maintenance_work_mem = '{megabytes}MB'",
                    $"DROP INDEX IF EXISTS {server.Schema}.{index}",
                    $"CREATE INDEX CONCURRENTLY {index} ON {server.Schema}.{table} USING hnsw ({expression} vector_ip_ops) "
                        + $"WITH (m = {Links}, ef_construction = {Candidates})",
                    "RESET max_parallel_maintenance_workers",
                    "RESET maintenance_work_mem",
                }
            )
            {
                using var command = connection.CreateCommand();
                (command.CommandText, command.CommandTimeout) = (sql, 0);
                command.ExecuteNonQuery();
            }
        }
        catch (Exception error) when (PostgresErrors.IsOfServer(error))
        {
            throw PostgresErrors.Translate(error, server);
        }
    }

    private static long Count(NpgsqlConnection connection, string table)
    {
        using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection) { CommandTimeout = 0 };
        return (long)command.ExecuteScalar()!;
    }
}
