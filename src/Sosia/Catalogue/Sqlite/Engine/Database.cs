using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// One connection, for one caller at a time: calls from several threads queue. Every piece of work runs in a transaction, sees one moment,
/// and fails in the catalogue's words. Statements are prepared once; their parameters are $1, $2, …
/// </summary>
internal sealed class Database(SqliteConnection connection, string file) : IDisposable
{
    private const int FoldPatience = 5000; // milliseconds

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    /// <summary>The catalogue's file.</summary>
    public string File { get; } = file;

    /// <summary>Runs work that only reads, on one snapshot.</summary>
    public T Read<T>(Func<T> work) => InTransaction("BEGIN", work, commitIf: _ => true);

    /// <summary>Runs work that changes something.</summary>
    /// <param name="work">Given the version that the change makes.</param>
    /// <param name="changed">Whether the result says that anything changed; if not, nothing is written.</param>
    public T Write<T>(Func<long, T> work, Func<T, bool> changed) =>
        InTransaction(
            "BEGIN IMMEDIATE",
            () =>
            {
                var version = (long)Value("UPDATE catalogue SET version = version + 1 RETURNING version")!;
                // Tells this commit from one of the same number in a catalogue that was copied before it.
                Run("INSERT INTO commits (version, nonce) VALUES ($1, lower(hex(randomblob(16))))", version);
                return work(version);
            },
            changed
        );

    /// <summary>Runs work that changes nothing that a reader asks for: the version stays.</summary>
    public void Maintain(Action work) =>
        InTransaction(
            "BEGIN IMMEDIATE",
            () =>
            {
                work();
                return true;
            },
            commitIf: _ => true
        );

    /// <summary>Rewrites every page into the log, so that the pages hold nothing but what is stored.</summary>
    /// <exception cref="CatalogueException">The disk is full, or the file is damaged; the file is as it was.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted; likewise.</exception>
    public void Vacuum(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var interrupting = cancellation.Register(() => raw.sqlite3_interrupt(connection.Handle));
        try
        {
            CopyAll("VACUUM", File);
        }
        catch (CatalogueException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Writes all that is committed, and nothing else, into an empty file; others may write meanwhile.</summary>
    /// <exception cref="CatalogueException">The disk is full, or the catalogue is damaged.</exception>
    public void CopyTo(string path) => CopyAll("VACUUM INTO $1", path, path);

    /// <summary>Replaces all that is stored by what a closed catalogue holds, in one transaction.</summary>
    /// <exception cref="CatalogueException">The disk is full, or something is damaged; what is stored is as it was.</exception>
    public void ReplaceAllBy(string path)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(!IsOpen, typeof(ICatalogueReader));
            try
            {
                using var source = new SqliteConnection(
                    new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()
                );
                source.Open();
                source.BackupDatabase(connection);
            }
            catch (SqliteException error)
            {
                throw SqliteErrors.Translate(error, File);
            }
        }
    }

    /// <summary>Runs a statement for its effect.</summary>
    /// <returns>Rows changed.</returns>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>The first column of the first row; null when there is no row or it is NULL.</summary>
    public object? Value(string sql, params ReadOnlySpan<object?> values)
    {
        var value = Prepare(sql, values).ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>The rows of a query; to be read to the end before the same statement runs again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>
    /// Moves the log into the file and empties it, so that nothing removed stays readable there, also while readers keep it open.
    /// </summary>
    /// <returns>Whether that could be done now; a reader in the middle of something is waited for.</returns>
    public bool FoldLog()
    {
        try
        {
            lock (_gate)
            {
                if (!IsOpen)
                    return false;
                Run($"PRAGMA busy_timeout = {FoldPatience}");
                return Value("PRAGMA wal_checkpoint(TRUNCATE)") is 0L;
            }
        }
        catch (SqliteException)
        {
            return false; // a full or failing disk: the log is safe where it is, and the next writer folds it in
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var statement in _statements.Values)
                statement.Dispose();
            connection.Dispose();
        }
    }

    private bool IsOpen => connection.State == ConnectionState.Open;

    private void CopyAll(string sql, string to, params ReadOnlySpan<object?> values)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(!IsOpen, typeof(ICatalogueReader));
            var mismatches = PageChecksums.Mismatches;
            try
            {
                Run(sql, values);
            }
            catch (SqliteException error)
            {
                // VACUUM tells of a page that does not fit its checksum as of a failing disk, without saying which.
                throw SqliteErrors.IsDamage(error) || PageChecksums.Mismatches > mismatches
                    ? SqliteErrors.Damaged(File, error.Message, error)
                    : SqliteErrors.Translate(error, to);
            }
        }
    }

    private T InTransaction<T>(string begin, Func<T> work, Func<T, bool> commitIf)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(!IsOpen, typeof(ICatalogueReader));
            var mismatches = PageChecksums.Mismatches;
            try
            {
                Run(begin);
                var result = work();
                Run(commitIf(result) ? "COMMIT" : "ROLLBACK");
                return result;
            }
            catch (SqliteException error)
            {
                // Where SQLite reads its schema, it tells of a page that does not fit its checksum as of a failing disk.
                throw error.SqliteErrorCode == raw.SQLITE_IOERR && PageChecksums.Mismatches > mismatches
                    ? SqliteErrors.Damaged(File, "a page does not fit its checksum", error)
                    : SqliteErrors.Translate(error, File);
            }
            finally
            {
                RollBack();
            }
        }
    }

    // After some errors (a full disk) SQLite has rolled back by itself; a second ROLLBACK would be an error of its own.
    private void RollBack()
    {
        if (connection.Handle is { } handle && raw.sqlite3_get_autocommit(handle) == 0)
            Run("ROLLBACK");
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = connection.CreateCommand();
            statement.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                statement.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _statements.Add(sql, statement);
        }
        for (var i = 0; i < values.Length; i++)
            statement.Parameters[i].Value = values[i] ?? DBNull.Value;
        return statement;
    }
}
