using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;
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
            // Below pgvector 0.8.2 parallel workers may make a damaged one. What an interrupted making left is taken away.
            foreach (
                var sql in new[]
                {
                    "SET max_parallel_maintenance_workers = 0",
                    $"DROP INDEX IF EXISTS {server.Schema}.{index}",
                    $"CREATE INDEX CONCURRENTLY {index} ON {server.Schema}.{table} USING hnsw ({expression} vector_ip_ops) "
                        + $"WITH (m = {Links}, ef_construction = {Candidates})",
                    "RESET max_parallel_maintenance_workers",
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
}
