using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue.Sql.Engine;
using SQLitePCL;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>A connection to a SQLite file: calls from several threads queue, and statements are prepared once.</summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const int FoldPatience = 5000; // milliseconds

    private readonly SqliteConnection _connection;
    private readonly SqliteRows _faces,
        _photos;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    /// <param name="connection">An open connection; this closes it.</param>
    /// <param name="file">The catalogue's file.</param>
    public SqliteDatabase(SqliteConnection connection, string file)
    {
        (_connection, File) = (connection, file);
        (_faces, _photos) = (SqliteRows.OfFaces(this), SqliteRows.OfPhotos(this));
    }

    /// <summary>The catalogue's file.</summary>
    public string File { get; }

    /// <summary>The version that the change makes that is being written.</summary>
    public long Version { get; private set; }

    /// <inheritdoc/>
    public override string Name => File;

    /// <inheritdoc/>
    public override bool IsOverwritingDue => Erasure.IsDue(this);

    /// <inheritdoc/>
    public override T Read<T>(Func<T> work) => InTransaction("BEGIN", work, commitIf: _ => true);

    /// <inheritdoc/>
    public override T Write<T>(Func<T> work, Func<T, bool> changed) =>
        InTransaction(
            "BEGIN IMMEDIATE",
            () =>
            {
                Version = (long)Value("UPDATE catalogue SET version = version + 1 RETURNING version")!;
                // Tells this commit from one of the same number in a catalogue that was copied before it.
                Run("INSERT INTO commits (version, nonce) VALUES ($1, lower(hex(randomblob(16))))", Version);
                return work();
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
        using var interrupting = cancellation.Register(() => raw.sqlite3_interrupt(_connection.Handle));
        try
        {
            CopyAll("VACUUM", File);
        }
        catch (CatalogueException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <inheritdoc/>
    public override void CopyTo(string path) => CopyAll("VACUUM INTO $1", path, path);

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
                source.BackupDatabase(_connection);
            }
            catch (SqliteException error)
            {
                throw SqliteErrors.Translate(error, File);
            }
        }
    }

    /// <inheritdoc/>
    public override int Run(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <inheritdoc/>
    public override object? Value(string sql, params ReadOnlySpan<object?> values)
    {
        var value = Prepare(sql, values).ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <inheritdoc/>
    public override DbDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

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

    /// <inheritdoc/>
    public override CatalogueException Damaged(string why) => SqliteErrors.Damaged(File, why);

    /// <inheritdoc/>
    public override object List(IEnumerable<long> numbers) => $"[{string.Join(',', numbers)}]";

    /// <inheritdoc/>
    public override string RowsOfList(string parameter) => $"(SELECT value FROM json_each({parameter}))";

    /// <inheritdoc/>
    public override string IsPhoto(string photos, string sha256) => $"{photos}.sha256 = {sha256}";

    /// <inheritdoc/>
    public override RowsOf Rows(SpaceKind kind) => kind == SpaceKind.Faces ? _faces : _photos;

    /// <inheritdoc/>
    public override void DeferReferences() => Run("PRAGMA defer_foreign_keys = ON");

    /// <inheritdoc/>
    public override long InsertPhoto(NewPhoto photo) =>
        (long)
            Value(
                "INSERT INTO photos (sha256, width, height, state) VALUES ($1, $2, $3, $4) RETURNING id",
                photo.Sha256,
                photo.Width,
                photo.Height,
                nameof(PhotoState.NoFace)
            )!;

    /// <inheritdoc/>
    public override void CheckStructure(List<string> problems)
    {
        using (var rows = Query("PRAGMA integrity_check"))
        {
            while (rows.Read())
            {
                var finding = rows.GetString(0);
                if (finding != "ok")
                    problems.Add($"SQLite finds: {finding}.");
            }
        }
        using var orphans = Query("PRAGMA foreign_key_check");
        while (orphans.Read())
            problems.Add($"A row of {orphans.GetString(0)} refers to a row of {orphans.GetString(2)} that is not there.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            foreach (var statement in _statements.Values)
                statement.Dispose();
            _connection.Dispose();
        }
    }

    private bool IsOpen => _connection.State == ConnectionState.Open;

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
        if (_connection.Handle is { } handle && raw.sqlite3_get_autocommit(handle) == 0)
            Run("ROLLBACK");
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = _connection.CreateCommand();
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
