using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Catalogue;

/// <summary>The tables, as a list of steps that only grows: a catalogue of any older version is brought forward, step by step.</summary>
internal static partial class Schema
{
    /// <summary>The schema version this program reads and writes: that of the last step.</summary>
    public static int Version => Steps.Length;

    /// <summary>The version of what is stored; null where there is no catalogue.</summary>
    public static int? VersionAt(PostgresServer server)
    {
        using var connection = server.Connect();
        return VersionIn(connection, server);
    }

    /// <summary>What names this catalogue and no other; null where there is none.</summary>
    public static string? IdentityAt(PostgresServer server)
    {
        using var connection = server.Connect();
        if (VersionIn(connection, server) is null)
            return null;
        using var identity = new NpgsqlCommand($"SELECT identity FROM {server.Schema}.catalogue", connection);
        return (string?)identity.ExecuteScalar();
    }

    /// <summary>Over how many shards a catalogue of this program's version is spread; null when it is not, or there is none.</summary>
    public static int? ShardsAt(PostgresServer server)
    {
        using var connection = server.Connect();
        if (VersionIn(connection, server) != Version)
            return null;
        using var shards = new NpgsqlCommand($"SELECT shards FROM {server.Schema}.catalogue", connection);
        return shards.ExecuteScalar() as int?;
    }

    /// <summary>Makes what is missing, in one transaction; of two who do that, the second one finds it done.</summary>
    /// <param name="server">Where.</param>
    /// <param name="identity">Names a catalogue that is made.</param>
    /// <param name="shards">Shards to spread it over; null to leave it as it is.</param>
    public static void BringForward(PostgresServer server, string identity, int? shards = null)
    {
        using (var connection = server.Connect())
        {
            using var transaction = connection.BeginTransaction();
            Run(connection, $"SELECT pg_advisory_xact_lock(hashtextextended({Quoted(server.Schema)}, 0))");
            var from = VersionIn(connection, server) ?? 0;
            ThrowIfTooNew(from, server);
            if (from == Version && shards is null)
                return;
            if (from == 0)
                MakeSchema(connection, server);
            Run(connection, $"SET LOCAL search_path = {server.SearchPath}");
            for (var step = from; step < Version; step++)
                Run(connection, Steps[step]);
            if (from == 0)
                Run(connection, $"UPDATE catalogue SET identity = {Quoted(identity)}");
            Run(connection, $"DELETE FROM schema_version; INSERT INTO schema_version (version) VALUES ({Version})");
            if (shards is { } some)
                Distribution.Spread(connection, server, some);
            transaction.Commit();
        }
        server.ReloadTypes();
    }

    /// <exception cref="CatalogueException">What is stored was made by a newer version.</exception>
    public static void ThrowIfTooNew(int version, PostgresServer server)
    {
        if (version > Version)
            throw new CatalogueException(
                CatalogueProblem.TooNew,
                $"The collection {server.Name} was made by a newer Sosia (schema {version}, this one knows {Version}): update Sosia."
            );
    }

    private static int? VersionIn(NpgsqlConnection connection, PostgresServer server)
    {
        using var there = new NpgsqlCommand($"SELECT to_regclass($1) IS NOT NULL", connection)
        {
            Parameters = { new() { Value = $"{server.Schema}.schema_version" } },
        };
        if (there.ExecuteScalar() is not true)
            return null;
        using var version = new NpgsqlCommand($"SELECT version FROM {server.Schema}.schema_version", connection);
        return (int?)version.ExecuteScalar();
    }

    private static void MakeSchema(NpgsqlConnection connection, PostgresServer server)
    {
        // The database's, not the collection's: two that make their first collections meet here.
        Run(connection, "SELECT pg_advisory_xact_lock(hashtextextended('sosia: extension vector', 0))");
        using (var has = new NpgsqlCommand("SELECT extversion FROM pg_extension WHERE extname = 'vector'", connection))
            if (has.ExecuteScalar() is not string pgvector)
                MakeExtension(connection, server);
            else if (System.Version.Parse(pgvector) < ServerFacts.LeastPgvector)
                throw new CatalogueException(
                    CatalogueProblem.Unavailable,
                    $"The database {server.Settings.Database} has pgvector {pgvector}, and Sosia needs {ServerFacts.LeastPgvector} or "
                        + "newer: install that on the server, and let its administrator say ALTER EXTENSION vector UPDATE in this database."
                );
        Run(connection, $"CREATE SCHEMA IF NOT EXISTS {server.Schema}");
    }

    private static void MakeExtension(NpgsqlConnection connection, PostgresServer server)
    {
        try
        {
            Run(connection, "CREATE EXTENSION vector SCHEMA public");
        }
        catch (PostgresException refused)
        {
            throw new CatalogueException(
                CatalogueProblem.Unavailable,
                $"The database {server.Settings.Database} has not the extension vector, and it can't be made ({refused.MessageText}): "
                    + "install pgvector on the server (Debian: postgresql-17-pgvector), and let its administrator say CREATE EXTENSION "
                    + "vector in this database.",
                refused
            );
        }
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
