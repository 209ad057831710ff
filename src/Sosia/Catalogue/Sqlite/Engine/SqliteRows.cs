using System.Data.Common;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue.Sql.Engine;
using SQLitePCL;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// Embeddings as SQLite keeps them: a blob with a checksum, and the version that it came with. What was removed is in a table beside.
/// </summary>
internal sealed class SqliteRows : RowsOf
{
    private const int RowsBetweenLooks = 4096;

    private readonly SqliteDatabase _database;
    private readonly string _stored;

    private SqliteRows(SqliteDatabase database, string table, string owner, string select, string stored)
        : base(table, owner)
    {
        (_database, Select, _stored) = (database, select, stored);
        Removed = $"SELECT DISTINCT {owner} FROM removed_{table} WHERE space = $1 AND version > $2 ORDER BY {owner}";
    }

    /// <summary>The rows of faces. One that was found again has another row since it was removed.</summary>
    public static SqliteRows OfFaces(SqliteDatabase database) =>
        new(
            database,
            "embeddings",
            "face",
            "SELECT e.face, f.photo, e.checksum, e.row FROM embeddings e LEFT JOIN faces f ON f.id = e.face",
            "e.added < r.version"
        );

    /// <summary>The rows of whole photos.</summary>
    public static SqliteRows OfPhotos(SqliteDatabase database) =>
        new(database, "photo_embeddings", "photo", "SELECT e.photo, e.photo, e.checksum, e.row FROM photo_embeddings e", "TRUE");

    /// <inheritdoc/>
    public override string Select { get; }

    /// <inheritdoc/>
    public override string IsAdded => "e.added > $2";

    /// <inheritdoc/>
    public override string Removed { get; }

    /// <inheritdoc/>
    public override void Check(List<string> problems, CancellationToken cancellation)
    {
        using (
            var both = _database.Query(
                $"SELECT r.{Owner} FROM removed_{Table} r JOIN {Table} e ON e.space = r.space AND e.{Owner} = r.{Owner} AND {_stored}"
            )
        )
            while (both.Read())
                problems.Add($"{Named(both.GetInt64(0))} is both stored and removed.");
        using var rows = _database.Query(
            $"SELECT e.{Owner}, e.checksum, s.dimensions, e.row FROM {Table} e JOIN spaces s ON s.id = e.space ORDER BY e.id"
        );
        for (var at = 0; rows.Read(); at++)
        {
            if (at % RowsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            if (Problem(rows.GetInt64(0), Bytes(rows), rows.GetInt64(1), rows.GetInt32(2)) is { } problem)
                problems.Add($"{char.ToUpperInvariant(problem[0])}{problem[1..]}.");
        }
    }

    /// <inheritdoc/>
    public override void Take(DbDataReader row, Span<float> into)
    {
        if (row.IsDBNull(1))
            throw _database.Damaged($"there is an embedding of {Owner} {row.GetInt64(0)}, which is not there");
        var bytes = Bytes(row); // straight from SQLite's page
        if (Problem(row.GetInt64(0), bytes, row.GetInt64(2), into.Length) is { } problem)
            throw _database.Damaged(problem);
        FloatRows.Read(bytes, into);
    }

    /// <inheritdoc/>
    public override void Insert(long owner, long photo, SpaceId space, float[] row)
    {
        var bytes = FloatRows.ToBytes(row);
        _database.Run(
            $"INSERT INTO {Table} (space, {Owner}, checksum, row, added) VALUES ($1, $2, $3, $4, $5)",
            space.Value,
            owner,
            (long)FloatRows.Checksum(owner, bytes),
            bytes,
            _database.Version
        );
    }

    /// <inheritdoc/>
    public override int Remove(long owner, long photo, SpaceId? space = null)
    {
        _database.Run(
            $"INSERT INTO removed_{Table} (space, version, {Owner}) SELECT space, $2, {Owner} FROM {Table} "
                + $"WHERE {Owner} = $1 AND ($3 IS NULL OR space = $3)",
            owner,
            _database.Version,
            space?.Value
        );
        return _database.Run($"DELETE FROM {Table} WHERE {Owner} = $1 AND ($2 IS NULL OR space = $2)", owner, space?.Value);
    }

    /// <inheritdoc/>
    public override bool? Has(long owner, SpaceId space, float[] row)
    {
        var before = (byte[]?)_database.Value($"SELECT row FROM {Table} WHERE {Owner} = $1 AND space = $2", owner, space.Value);
        return before?.AsSpan().SequenceEqual(FloatRows.ToBytes(row));
    }

    private static ReadOnlySpan<byte> Bytes(DbDataReader row) => raw.sqlite3_column_blob(((SqliteDataReader)row).Handle, 3);

    private string Named(long owner) => $"{char.ToUpperInvariant(Owner[0])}{Owner[1..]} {owner}";

    /// <summary>What is wrong with a stored row, without an end; null when nothing is.</summary>
    private string? Problem(long owner, ReadOnlySpan<byte> bytes, long checksum, int dimensions) =>
        bytes.Length != dimensions * sizeof(float)
            ? $"the embedding of {Owner} {owner} has {bytes.Length} bytes instead of {dimensions * sizeof(float)}"
        : FloatRows.Checksum(owner, bytes) != checksum ? $"the embedding of {Owner} {owner} does not fit its checksum"
        : null;
}
