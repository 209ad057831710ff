using Sosia.Catalogue;
using Sosia.Catalogue.Sql;
using Sosia.Photos;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Queue;

/// <summary>The queue of a collection in PostgreSQL. Workers take blocks that nobody holds, and never wait for each other.</summary>
/// <param name="server">Where.</param>
internal sealed class FileQueue(PostgresServer server) : IFileQueue, IDisposable
{
    /// <summary>
    /// Files taken at once, by how many workers ended before that had them: one file among many may be the reason, and ends alone. When
    /// three workers have ended with it alone, nobody takes it any more: that is no chance.
    /// </summary>
    private static readonly int[] BlockSizes = [256, 8, 1, 1, 1];

    /// <summary>From so many attempts on a file is taken alone.</summary>
    private const int Alone = 2;

    private readonly PostgresDatabase _database = new(server);

    /// <summary>How long a claim lasts without a sign of life.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public void Add(string order, IReadOnlyList<FileStamp> files)
    {
        FileStamp[] last = [.. files.GroupBy(file => file.Path, StringComparer.Ordinal).Select(file => file.Last())];
        _database.Change(() =>
            _database.Run(
                """
                WITH new AS (INSERT INTO work_orders (text) VALUES ($7) ON CONFLICT (text) DO UPDATE SET text = excluded.text RETURNING id)
                INSERT INTO queue (path, bytes, modified, sidecar, sidecar_bytes, sidecar_modified, work_order)
                SELECT f.path, f.bytes, f.modified, f.sidecar, f.sidecar_bytes, f.sidecar_modified, new.id
                FROM new, unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
                    AS f (path, bytes, modified, sidecar, sidecar_bytes, sidecar_modified)
                ORDER BY f.path COLLATE "C"
                ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, sidecar = excluded.sidecar,
                    sidecar_bytes = excluded.sidecar_bytes, sidecar_modified = excluded.sidecar_modified,
                    work_order = excluded.work_order, claim = NULL, attempts = 0
                WHERE queue.claim IS NULL OR queue.bytes <> excluded.bytes OR queue.modified <> excluded.modified
                """,
                last.Select(file => file.Path).ToArray(),
                last.Select(file => file.Bytes).ToArray(),
                last.Select(SqlWriter.Ticks).ToArray(),
                last.Select(file => file.Sidecar?.Path).ToArray(),
                last.Select(file => file.Sidecar?.Bytes).ToArray(),
                last.Select(file => file.Sidecar?.Modified.Ticks).ToArray(),
                order
            )
        );
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Orders() =>
        _database.ReadOne(() =>
        {
            var orders = new List<string>();
            using var rows = _database.Query(
                "SELECT text FROM work_orders o WHERE EXISTS (SELECT 1 FROM queue WHERE work_order = o.id) ORDER BY id"
            );
            while (rows.Read())
                orders.Add(rows.GetString(0));
            return orders;
        });

    /// <inheritdoc/>
    public long Left(string order, IReadOnlyList<string>? under = null) =>
        _database.ReadOne(() =>
            (long)
                _database.Value(
                    $"""
                    SELECT count(*) FROM queue q JOIN work_orders o ON o.id = q.work_order
                    WHERE o.text = $1 AND {IsUnder("$2", "$3", "$4")}
                    """,
                    [order, .. Ranges(under)]
                )!
        );

    /// <inheritdoc/>
    public QueueCounts Count() =>
        _database.ReadOne(() =>
        {
            using var row = _database.Query(
                """
                SELECT count(*) FILTER (WHERE claim IS NULL), count(*) FILTER (WHERE claim IS NOT NULL),
                       (SELECT count(*) FROM files WHERE reason = $1)
                FROM queue
                """,
                nameof(UnreadableReason.EndedWorkers)
            );
            row.Read();
            return new QueueCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        });

    /// <inheritdoc/>
    public IFileClaim? Claim(string order, IReadOnlyList<string>? under = null) =>
        _database.Change(() =>
        {
            ReleaseDead();
            var givenUp = GiveUp(order);
            for (var attempts = 0; attempts < BlockSizes.Length; attempts++)
            {
                var token = (long)
                    _database.Value(
                        "INSERT INTO claims (worker, until) VALUES ($1, clock_timestamp() + $2) RETURNING token",
                        $"{Environment.MachineName} {Environment.ProcessId}",
                        Lease
                    )!;
                var files = Take(token, order, attempts, under);
                if (files.Count > 0 || (givenUp.Count > 0 && attempts == BlockSizes.Length - 1))
                    return new FileClaim(_database, token, files, givenUp, Lease);
                _database.Run("DELETE FROM claims WHERE token = $1", token);
            }
            return null;
        });

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    /// <summary>Gives back what workers held that have given no sign of life.</summary>
    private void ReleaseDead() =>
        _database.Run(
            """
            WITH dead AS (DELETE FROM claims WHERE until < clock_timestamp() RETURNING token)
            UPDATE queue SET claim = NULL WHERE claim IN (SELECT token FROM dead)
            """
        );

    private List<FileStamp> Take(long token, string order, int attempts, IReadOnlyList<string>? under) =>
        Files(
            $"""
            WITH block AS MATERIALIZED (
                SELECT q.path FROM queue q JOIN work_orders o ON o.id = q.work_order
                WHERE o.text = $1 AND q.claim IS NULL AND q.attempts = $5 AND {IsUnder("$2", "$3", "$4")}
                ORDER BY q.path LIMIT $6 FOR UPDATE OF q SKIP LOCKED)
            UPDATE queue q SET claim = $7,
                attempts = CASE WHEN (SELECT count(*) FROM block) = 1 THEN greatest(q.attempts, {Alone}) ELSE q.attempts END + 1
            FROM block WHERE q.path = block.path
            RETURNING q.path, q.bytes, q.modified, q.sidecar, q.sidecar_bytes, q.sidecar_modified
            """,
            [order, .. Ranges(under), attempts, BlockSizes[attempts], token]
        );

    private List<FileStamp> GiveUp(string order) =>
        Files(
            """
            SELECT q.path, q.bytes, q.modified, q.sidecar, q.sidecar_bytes, q.sidecar_modified
            FROM queue q JOIN work_orders o ON o.id = q.work_order
            WHERE o.text = $1 AND q.claim IS NULL AND q.attempts >= $2 LIMIT 1000 FOR UPDATE OF q SKIP LOCKED
            """,
            [order, BlockSizes.Length]
        );

    private List<FileStamp> Files(string sql, object?[] values)
    {
        var files = new List<FileStamp>();
        using var rows = _database.Query(sql, values);
        while (rows.Read())
            files.Add(
                new FileStamp(rows.GetString(0), rows.GetInt64(1), Utc(rows.GetInt64(2)))
                {
                    Sidecar = rows.IsDBNull(3) ? null : new SidecarStamp(rows.GetString(3), rows.GetInt64(4), Utc(rows.GetInt64(5))),
                }
            );
        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return files;
    }

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);

    /// <summary>A condition: whether a path of `q` is one of some, or lies in one of them.</summary>
    private static string IsUnder(string paths, string first, string end) =>
        $"""
            (q.path = ANY({paths}::text[]) OR {paths}::text[] IS NULL OR EXISTS (
                SELECT 1 FROM unnest({first}::text[], {end}::text[]) r (first, last)
            WHERE q.path >= r.first AND q.path < r.last COLLATE "C"))
            """;

    private static object?[] Ranges(IReadOnlyList<string>? under)
    {
        if (under is null)
            return [null, null, null];
        var ranges = under.Select(SqlReader.PathRange).ToArray();
        return [under.ToArray(), ranges.Select(range => range.First).ToArray(), ranges.Select(range => range.End).ToArray()];
    }
}
