using Microsoft.Data.Sqlite;

namespace Sosia.Tests;

/// <summary>
/// Turns a catalogue back into the form of schema version 8, in which a space of faces was named by its embedder alone. Frozen, but for what
/// later versions added, which is taken away again.
/// </summary>
internal static class VersionEight
{
    private const string TakeAway = """
        DROP INDEX analysed_by_provenance;
        ALTER TABLE analysed DROP COLUMN provenance;
        DROP TABLE provenances;
        DROP TABLE photo_facts;
        DROP TABLE sidecars;
        DROP TABLE photo_descriptors;
        DROP TABLE people;
        DROP TABLE case_shown;
        DROP TABLE outside_faces;
        DROP TABLE cases;
        DROP TABLE anchors;
        DROP TABLE journal_statements;
        DROP TABLE journal;
        DROP TABLE statements;
        DROP TABLE forgotten_people;
        ALTER TABLE faces DROP COLUMN drawn;
        """;

    /// <param name="file">A catalogue that nobody has open.</param>
    /// <param name="key">The key of its space of faces.</param>
    /// <param name="former">The key that this space had then.</param>
    public static void Restore(string file, string key, string former)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            BEGIN;
            {TakeAway}
            UPDATE spaces SET key = $former WHERE key = $key;
            PRAGMA user_version = 8;
            COMMIT;
            """;
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$former", former);
        command.ExecuteNonQuery();
    }

    /// <summary>The key of every space, in order, and the schema version.</summary>
    public static (string[] Keys, long Version) Read(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = (long)command.ExecuteScalar()!;
        command.CommandText = "SELECT key FROM spaces ORDER BY id";
        var keys = new List<string>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
            keys.Add(rows.GetString(0));
        return ([.. keys], version);
    }
}
