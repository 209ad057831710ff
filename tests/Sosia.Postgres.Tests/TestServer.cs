using Npgsql;

namespace Sosia.Postgres.Tests;

/// <summary>The PostgreSQL server of the tests: SOSIA_TEST_POSTGRES holds its connection string, as `eng/postgres.sh start` prints it.</summary>
internal static class TestServer
{
    private const string Variable = "SOSIA_TEST_POSTGRES";

    /// <summary>The connection string. Where there is none the test is skipped, and fails where <c>CI=true</c>.</summary>
    public static string Need()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return named;
        const string missing = $"No PostgreSQL server was named: set {Variable}, as root to what eng/postgres.sh start prints.";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(missing);
        Assert.Skip(missing);
        return "";
    }

    /// <summary>The connection string of the server's replica. Where it says of none the test is skipped, and fails where <c>CI=true</c>.
    /// </summary>
    public static string NeedReplica()
    {
        var settings = new NpgsqlConnectionStringBuilder(Need());
        if (Run("SELECT current_setting('sosia.replica', true)") is string { Length: > 0 } port)
        {
            settings.Port = int.Parse(port, System.Globalization.CultureInfo.InvariantCulture);
            return settings.ConnectionString;
        }
        const string missing = "The server that SOSIA_TEST_POSTGRES names says of no replica (its setting sosia.replica, a port).";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(missing);
        Assert.Skip(missing);
        return "";
    }

    /// <summary>Skips the test where the database has not the extension Citus, which no package of Debian brings.</summary>
    public static void NeedCitus() =>
        Assert.SkipWhen(
            Run("SELECT 1 FROM pg_extension WHERE extname = 'citus'") is null,
            "The server that SOSIA_TEST_POSTGRES names has not the extension Citus in its database."
        );

    /// <summary>A name for a collection that nobody else has.</summary>
    public static string NewName() => $"test \"{Guid.NewGuid():N}\"";

    /// <summary>Runs a statement, again where another test has just killed the server.</summary>
    public static object? Run(string sql)
    {
        for (var tries = 0; ; tries++)
            try
            {
                return RunOnce(sql);
            }
            catch (NpgsqlException dying) when (tries < 100 && (dying.IsTransient || dying.SqlState is "57P01" or "57P02" or "57P03"))
            {
                Thread.Sleep(200);
            }
    }

    /// <summary>Runs a statement.</summary>
    public static object? RunOnce(string sql)
    {
        using var connection = new NpgsqlConnection(Need());
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <summary>The first column of all rows of the last of some statements.</summary>
    public static IReadOnlyList<string> Rows(string sql)
    {
        using var connection = new NpgsqlConnection(Need());
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
            found.Add(rows.GetString(0));
        return found;
    }

    /// <summary>Deletes a collection.</summary>
    public static void Drop(string collection) =>
        Run($"DROP SCHEMA IF EXISTS \"{collection.Replace("\"", "\"\"", StringComparison.Ordinal)}\" CASCADE");
}
