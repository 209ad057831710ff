using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;

namespace Sosia.Postgres.Server;

/// <summary>What a server says of itself.</summary>
internal static class ServerFacts
{
    // Before it, vacuuming an HNSW index could damage it.
    private static readonly Version SafeHnsw = new(0, 8, 4);

    /// <summary>The oldest pgvector that collections are made with.</summary>
    public static Version LeastPgvector { get; } = new(0, 7, 0);

    private const int LeastServer = 150000;

    /// <summary>What it is, and what waits in the collection's queue.</summary>
    public static StoreFacts Read(PostgresServer server, QueueCounts queue) =>
        Ask(server, connection => new StoreFacts(
            "postgres",
            (string)Value(connection, "SHOW server_version")!,
            Extension(connection, "vector") ?? "",
            Extension(connection, "citus"),
            queue
        ));

    /// <summary>Whether all is as it should be.</summary>
    public static IReadOnlyList<StoreCheck> Check(PostgresServer server, PostgresCatalogueStore catalogue)
    {
        try
        {
            return Ask<IReadOnlyList<StoreCheck>>(server, connection =>
                [OfServer(connection, server), OfPgvector(connection), OfCollection(connection, server), OfReplica(connection)]
            );
        }
        catch (CatalogueException problem)
        {
            return [new StoreCheck("server", false, problem.Message)];
        }
    }

    private static StoreCheck OfServer(NpgsqlConnection connection, PostgresServer server)
    {
        var number = int.Parse((string)Value(connection, "SHOW server_version_num")!);
        return new StoreCheck(
            "server",
            number >= LeastServer,
            $"PostgreSQL {Value(connection, "SHOW server_version")} at {server.Settings.Host}:{server.Settings.Port}"
                + (number >= LeastServer ? "." : "; Sosia needs 15 or newer.")
        );
    }

    private static StoreCheck OfPgvector(NpgsqlConnection connection)
    {
        if (Extension(connection, "vector") is not { } found)
            return new StoreCheck("pgvector", false, "The database has not the extension vector: 'sosia store init' makes it.");
        var version = Version.Parse(found);
        return new StoreCheck(
            "pgvector",
            version >= LeastPgvector,
            $"pgvector {found}"
                + (
                    version < LeastPgvector ? $"; Sosia needs {LeastPgvector} or newer."
                    : version < SafeHnsw ? $". An HNSW index is safe after forgetting from {SafeHnsw} on: before, REINDEX it then."
                    : "."
                )
        );
    }

    private static StoreCheck OfCollection(NpgsqlConnection connection, PostgresServer server)
    {
        var there = Value(connection, "SELECT to_regnamespace($1) IS NOT NULL", server.Schema) is true;
        var mayWrite = there && Value(connection, "SELECT has_schema_privilege(to_regnamespace($1), 'USAGE')", server.Schema) is true;
        var mayMake = Value(connection, "SELECT has_database_privilege(current_database(), 'CREATE')") is true;
        return there
            ? new StoreCheck(
                "rights",
                mayWrite,
                mayWrite
                    ? $"The user {server.Settings.Username} may use the collection."
                    : $"The user {server.Settings.Username} may not use the schema {server.Schema}: its owner must grant it."
            )
            : new StoreCheck(
                "rights",
                mayMake,
                mayMake
                    ? $"There is no collection {server.Collection} yet, and the user {server.Settings.Username} may make it."
                    : $"There is no collection {server.Collection}, and the user {server.Settings.Username} may not make one: its "
                        + "owner must grant CREATE on the database."
            );
    }

    private static StoreCheck OfReplica(NpgsqlConnection connection)
    {
        if (Value(connection, "SELECT pg_is_in_recovery()") is not true)
            return new StoreCheck("lag", true, "It is the primary server: what is committed is seen at once.");
        var behind = Value(connection, "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8") as double?;
        return new StoreCheck("lag", true, $"It is a replica, and {behind ?? 0:0.0} s behind the last transaction that it knows of.");
    }

    private static string? Extension(NpgsqlConnection connection, string name) =>
        Value(connection, "SELECT extversion FROM pg_extension WHERE extname = $1", name) as string;

    private static object? Value(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command.ExecuteScalar();
    }

    private static T Ask<T>(PostgresServer server, Func<NpgsqlConnection, T> question) =>
        server.Asking(() =>
        {
            using var connection = server.Connect();
            return question(connection);
        });
}
