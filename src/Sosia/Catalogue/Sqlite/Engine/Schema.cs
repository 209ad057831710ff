using Microsoft.Data.Sqlite;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>The tables, as a list of steps that only grows: a catalogue of any older version is brought forward, step by step.</summary>
internal static partial class Schema
{
    /// <summary>Marks a SQLite file as a Sosia catalogue: "Sosi" in ASCII.</summary>
    public const int ApplicationId = 0x536F7369;

    /// <summary>The first version whose pages have checksums, as soon as they have been written anew.</summary>
    public const int WithPageChecksums = 12;

    /// <summary>The schema version this program reads and writes: that of the last step.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings a catalogue of an older version (0: an empty file) to this program's, in one transaction.</summary>
    public static void Migrate(SqliteConnection connection, int from)
    {
        connection.CreateFunction<string, string>("key_with_landmarks", FormerSpaceKey.Now, isDeterministic: true);
        // One command each: an error of what follows a PRAGMA in the same command is not told.
        string[] statements =
        [
            "BEGIN IMMEDIATE",
            string.Join('\n', Steps[from..]),
            $"PRAGMA application_id = {ApplicationId}",
            $"PRAGMA user_version = {Version}",
            "COMMIT",
        ];
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
