using Microsoft.Data.Sqlite;
using Sosia.Vectors.Files;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>Opens the file, sets it up, and checks that it is a Sosia catalogue of a version that this program knows.</summary>
internal static class SqliteFile
{
    // A row of 512 floats takes 2.1 kB: three fit in a page of 8 kB, only one in the usual 4 kB.
    private const int PageBytes = 8192;

    /// <summary>
    /// Whether there is a file in which anything was ever committed; an empty one was left by a writer that died while it made it.
    /// </summary>
    public static bool Holds(string file)
    {
        try
        {
            return new FileInfo(file).Length > 0 || HasLog(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(file, refused.Message, refused);
        }
    }

    /// <summary>Opens for reading; also in a directory that can't be written, where SQLite's own way needs to create files.</summary>
    /// <returns>The open file and its schema version, which may be older than this program's.</returns>
    public static (SqliteDatabase Database, int Schema) OpenToRead(string file)
    {
        try
        {
            return Open(file, file, SqliteOpenMode.ReadOnly);
        }
        catch (CatalogueException refused) when (refused.Problem == CatalogueProblem.CannotWrite && !HasLog(file))
        {
            // Without a log the file alone is the whole catalogue, and no process that could change it is running.
            return OpenImmutable(file);
        }
    }

    /// <summary>Opens a closed copy that no other process has open, without making any file beside it.</summary>
    public static SqliteDatabase OpenCopy(string file) => OpenImmutable(file).Database;

    /// <summary>Opens for writing; made when missing, brought forward when older. The caller holds the writer's lock.</summary>
    public static SqliteDatabase OpenToWrite(string file)
    {
        CreatePrivate(file);
        return Open(file, file, SqliteOpenMode.ReadWriteCreate, SetUpToWrite).Database;
    }

    /// <summary>
    /// Makes the file before SQLite does, which would follow the umask; its log gets the mode of the file. One that is there is not opened
    /// here: closing it again would take away the locks that SQLite holds on it in this process.
    /// </summary>
    private static void CreatePrivate(string file)
    {
        if (File.Exists(file))
            return;
        try
        {
            PrivateFile.Open(file, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(file, refused.Message, refused);
        }
    }

    private static (SqliteDatabase Database, int Schema) OpenImmutable(string file) =>
        Open(file, $"{new Uri(file).AbsoluteUri}?immutable=1", SqliteOpenMode.ReadOnly);

    private static int SetUpToWrite(SqliteConnection connection, int version)
    {
        if (version == 0)
            Run(connection, $"PRAGMA page_size = {PageBytes}"); // of a file that has pages it would only undo what was reserved
        foreach (var pragma in new[] { "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON" })
            Run(connection, $"PRAGMA {pragma}");
        if (version < Schema.Version)
            Schema.Migrate(connection, version);
        return Schema.Version;
    }

    // 0 when the file is new.
    private static int CheckVersion(SqliteConnection connection, string file)
    {
        var application = Number(connection, "PRAGMA application_id");
        var version = (int)Number(connection, "PRAGMA user_version");
        if (
            application != Schema.ApplicationId
            && (application != 0 || version != 0 || Number(connection, "SELECT count(*) FROM sqlite_schema") != 0)
        )
            throw SqliteErrors.Damaged(file, "it is no catalogue of Sosia");
        if (version > Schema.Version)
            throw new CatalogueException(
                CatalogueProblem.TooNew,
                $"The catalogue {file} was made by a newer Sosia (schema {version}, this one knows {Schema.Version}): update Sosia."
            );
        if (
            version >= Schema.WithPageChecksums
            && !PageChecksums.AreIn(connection)
            && Number(connection, "SELECT erase FROM catalogue") == Erasure.Nothing
        )
            throw SqliteErrors.Damaged(file, "its pages are said to have no checksums");
        return version;
    }

    private static (SqliteDatabase Database, int Schema) Open(
        string file,
        string source,
        SqliteOpenMode mode,
        Func<SqliteConnection, int, int>? setUp = null
    )
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = source,
                Mode = mode,
                ForeignKeys = true,
                Pooling = false, // a closed catalogue is closed: its log is folded in and its files can be moved
            }.ToString()
        );
        try
        {
            PageChecksums.Use();
            connection.Open();
            var schema = CheckVersion(connection, file);
            PageChecksums.Reserve(connection); // for a file that is new, for copies, and for when all is written anew
            return (new SqliteDatabase(connection, file), setUp?.Invoke(connection, schema) ?? schema);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw SqliteErrors.Translate(error, file);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool HasLog(string file) => new FileInfo(file + "-wal") is { Exists: true, Length: > 0 };

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
