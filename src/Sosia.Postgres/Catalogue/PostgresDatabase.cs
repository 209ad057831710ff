using System.Data.Common;
using System.Security.Cryptography;
using Npgsql;
using Sosia.Catalogue;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Catalogue;

/// <summary>
/// A catalogue in a schema of a PostgreSQL database. It has a connection only while a transaction runs. Work that the server gave up, or
/// whose connection was lost, is done again. The other parts of the class are its dialect, and how many photos are stored at once.
/// </summary>
internal sealed partial class PostgresDatabase : SqlDatabase
{
    // A client that is gone, or hangs, must not keep others waiting for ever.
    private const string Limits = "SET LOCAL lock_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '120s'";
    private const string BeginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    private const int NonceBytes = 16;

    private readonly PostgresServer _server;
    private readonly PostgresRows _faces,
        _photos;
    private readonly Lock _gate = new();
    private NpgsqlConnection? _connection;
    private List<string> _opening = [];
    private bool _isSingle;
    private bool _isDisposed;

    public PostgresDatabase(PostgresServer server)
    {
        _server = server;
        (_faces, _photos) = (PostgresRows.OfFaces(this), PostgresRows.OfPhotos(this));
    }

    /// <summary>Waits for an answer as long as it takes: every row may have to be looked at.</summary>
    public bool IsPatient { get; init; }

    /// <summary>What the transaction that runs adds and removes.</summary>
    public Changes Changes { get; } = new();

    /// <inheritdoc/>
    public override string Name => _server.Name;

    /// <summary>Whether Citus spreads the tables over machines.</summary>
    private bool IsSpread => _server.Shards is not null;

    /// <inheritdoc/>
    public override T Read<T>(Func<T> work) => Retrying(() => InTransaction([BeginReading], work, _ => RollBack()));

    /// <inheritdoc/>
    public override (TOne One, TOther Other) ReadBoth<TOne, TOther>(Question<TOne> one, Question<TOther> other) =>
        Retrying(() =>
            InTransaction(
                [BeginReading],
                () =>
                {
                    using var batch = Batch(one.Sql, [one.Value]);
                    batch.BatchCommands.Add(Command(other.Sql, [other.Value]));
                    batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
                    using var rows = batch.ExecuteReader();
                    var first = one.Take(rows);
                    rows.NextResult();
                    return (first, other.Take(rows));
                },
                _ => { }
            )
        );

    /// <inheritdoc/>
    public override T ReadOne<T>(Func<T> work) =>
        Retrying(() =>
        {
            _isSingle = true;
            try
            {
                return InTransaction([], work, _ => { });
            }
            finally
            {
                _isSingle = false;
            }
        });

    /// <inheritdoc/>
    public override T Write<T>(Func<T> work, Func<T, bool> changed) =>
        Retrying(() =>
        {
            var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
            Changes.Clear();
            try
            {
                return InTransaction(
                    ["BEGIN ISOLATION LEVEL READ COMMITTED", .. Limits.Split("; "), $"SELECT pg_advisory_xact_lock({KeyOf(nonce)})"],
                    work,
                    result =>
                    {
                        if (changed(result))
                            Commit(nonce, result);
                        else
                            RollBack();
                    }
                );
            }
            catch (CommitLost<T> lost)
            {
                return WasCommitted(nonce) ? lost.Result : throw lost.InnerException!;
            }
            catch (Exception error) when (PostgresErrors.IsLost(error))
            {
                WasCommitted(nonce); // ends what the server may still hold for the lost connection
                throw;
            }
        });

    /// <summary>Runs work that changes nothing that readers ask for, and that may be done twice: the version stays.</summary>
    public T Change<T>(Func<T> work) =>
        Retrying(() => InTransaction(["BEGIN ISOLATION LEVEL READ COMMITTED", .. Limits.Split("; ")], work, _ => Run("COMMIT")));

    /// <inheritdoc/>
    public override int Run(string sql, params ReadOnlySpan<object?> values)
    {
        using var batch = Batch(sql, values);
        batch.ExecuteNonQuery();
        return batch.BatchCommands[^1].RecordsAffected;
    }

    /// <summary>Sends a statement without rows together with the next one.</summary>
    public void RunWithNext(string sql) => _opening = [.. _opening, sql];

    /// <inheritdoc/>
    public override object? Value(string sql, params ReadOnlySpan<object?> values)
    {
        using var row = Query(sql, values);
        return row.Read() && !row.IsDBNull(0) ? row.GetValue(0) : null;
    }

    /// <inheritdoc/>
    public override DbDataReader Query(string sql, params ReadOnlySpan<object?> values)
    {
        var openingWithRows = _opening.Count(opening => opening.StartsWith("SELECT", StringComparison.Ordinal));
        using var batch = Batch(sql, values);
        var rows = batch.ExecuteReader();
        for (var skipped = 0; skipped < openingWithRows; skipped++)
            rows.NextResult();
        return rows;
    }

    /// <summary>Vacuums the tables of photos, faces and rows: what was deleted leaves its place to what comes.</summary>
    public void Vacuum()
    {
        string[] tables = ["photos", "files", "faces", "embeddings", "photo_embeddings", "statements", "journal_statements", "anchors"];
        _server.Asking(() =>
        {
            using var connection = _server.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = $"VACUUM {string.Join(", ", tables.Select(table => $"{_server.Schema}.{table}"))}";
            command.CommandTimeout = 0;
            return command.ExecuteNonQuery();
        });
    }

    /// <inheritdoc/>
    public override CatalogueException Damaged(string why) =>
        new(CatalogueProblem.Damaged, $"The collection {Name} is damaged ({why}): restore the database from a backup.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
            _isDisposed = true;
    }

    private T Retrying<T>(Func<T> attempt)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(ICatalogueReader));
            return _server.Asking(attempt);
        }
    }

    private T InTransaction<T>(IReadOnlyList<string> begin, Func<T> work, Action<T> end)
    {
        _connection = _server.Connect();
        // Sent with the first statement, in one message. Without a BEGIN that statement is the whole transaction.
        _opening =
            begin.Count > 0
                ? [.. begin, $"SET LOCAL search_path = {_server.SearchPath}"]
                : [$"SELECT set_config('search_path', '{_server.SearchPath.Replace("'", "''", StringComparison.Ordinal)}', true)"];
        try
        {
            var result = work();
            end(result);
            return result;
        }
        finally
        {
            _opening = [];
            _connection.Dispose(); // rolls back what is open
            _connection = null;
        }
    }

    private void RollBack()
    {
        if (_opening.Count == 0)
            Run("ROLLBACK");
    }

    private void Commit<T>(byte[] nonce, T result)
    {
        try
        {
            using var batch = Batch(Changes.Note, [Convert.ToHexStringLower(nonce), .. Changes.Values]);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            batch.ExecuteNonQuery();
        }
        catch (Exception error) when (PostgresErrors.IsLost(error))
        {
            throw new CommitLost<T>(result, error);
        }
    }

    /// <summary>
    /// Whether a transaction was committed whose connection was lost. It holds a lock of its own while it runs: its end is waited for, and
    /// brought about, for the server may not know yet that nobody is there any more.
    /// </summary>
    private bool WasCommitted(byte[] nonce)
    {
        var key = KeyOf(nonce);
        var tries = new Tries(_server);
        while (true)
            try
            {
                return InTransaction(
                    ["BEGIN"],
                    () =>
                    {
                        Run(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_locks
                            WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
                                AND (classid::bigint << 32 | objid::bigint) = $1
                            """,
                            key
                        );
                        Run("SELECT pg_advisory_xact_lock($1)", key);
                        return Value("SELECT 1 FROM commits WHERE nonce = $1", Convert.ToHexStringLower(nonce)) is not null;
                    },
                    _ => RollBack()
                );
            }
            catch (Exception error) when (PostgresErrors.IsOfServer(error))
            {
                if (!tries.WaitAfter(error))
                    throw;
            }
    }

    private static long KeyOf(byte[] nonce) => BitConverter.ToInt64(nonce);

    private NpgsqlBatch Batch(string sql, ReadOnlySpan<object?> values)
    {
        if (_isSingle && _opening.Count == 0)
            throw new InvalidOperationException("Work that was said to be a single statement runs more.");
        var batch = new NpgsqlBatch(_connection);
        if (IsPatient)
            batch.Timeout = 0;
        foreach (var opening in _opening)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(opening));
        _opening = [];
        batch.BatchCommands.Add(Command(sql, values));
        return batch;
    }

    private static NpgsqlBatchCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = StorableText.Of(value) ?? DBNull.Value });
        return command;
    }

    /// <summary>The connection was lost while a transaction was to be committed: it may have been.</summary>
    private sealed class CommitLost<T>(T result, Exception lost) : Exception(lost.Message, lost)
    {
        /// <summary>What the work gave.</summary>
        public T Result { get; } = result;
    }
}
