using System.Buffers.Binary;
using System.Data.Common;
using System.Runtime.InteropServices;
using Pgvector;
using Sosia.Catalogue;
using Sosia.Catalogue.Sql.Engine;

namespace Sosia.Postgres.Catalogue;

/// <summary>Embeddings as PostgreSQL keeps them: vectors, a partition for each space. What came and went is noted in `changes`.</summary>
internal sealed class PostgresRows : RowsOf
{
    private readonly PostgresDatabase _database;
    private readonly bool _ofFaces;
    private byte[] _bytes = [];

    private PostgresRows(PostgresDatabase database, string table, string owner, string select)
        : base(table, owner)
    {
        (_database, _ofFaces, Select) = (database, owner != "photo", select);
        IsAdded = $"e.{owner} IN (SELECT unnest(c.added) FROM changes c WHERE c.space = $1 AND c.version > $2)";
    }

    /// <summary>The rows of faces.</summary>
    public static PostgresRows OfFaces(PostgresDatabase database) =>
        new(database, "embeddings", "face", "SELECT e.face, e.photo, vector_send(e.row) FROM embeddings e");

    /// <summary>The rows of whole photos.</summary>
    public static PostgresRows OfPhotos(PostgresDatabase database) =>
        new(database, "photo_embeddings", "photo", "SELECT e.photo, e.photo, vector_send(e.row) FROM photo_embeddings e");

    /// <inheritdoc/>
    public override string Select { get; }

    /// <inheritdoc/>
    public override string IsAdded { get; }

    /// <inheritdoc/>
    public override string Removed =>
        "SELECT DISTINCT owner FROM (SELECT unnest(removed) AS owner FROM changes WHERE space = $1 AND version > $2) gone ORDER BY owner";

    /// <inheritdoc/>
    public override void Check(List<string> problems, CancellationToken cancellation)
    {
        var orphan = _ofFaces
            ? "OR NOT EXISTS (SELECT 1 FROM faces f WHERE f.id = e.face AND f.photo = e.photo AND f.bucket = e.bucket)"
            : "OR NOT EXISTS (SELECT 1 FROM photos p WHERE p.id = e.photo AND p.bucket = e.bucket)";
        using var rows = _database.Query(
            $"SELECT e.{Owner} FROM {Table} e JOIN spaces s ON s.id = e.space WHERE vector_dims(e.row) <> s.dimensions {orphan}"
        );
        while (rows.Read())
            problems.Add($"The embedding of {Owner} {rows.GetInt64(0)} has other dimensions than its space, or belongs to nothing.");
    }

    /// <inheritdoc/>
    public override void Take(DbDataReader row, Span<float> into)
    {
        // As the server sends it: two bytes say how many, two are not used, and then come the floats, big endian. Made by the driver it
        // would be an object for each row.
        const int Head = 4;
        var length = Head + into.Length * sizeof(float);
        if (_bytes.Length < length)
            _bytes = new byte[length];
        var there = row.GetBytes(2, 0, null, 0, 0);
        if (there != length)
            throw _database.Damaged(
                $"the embedding of {Owner} {row.GetInt64(0)} has {(there - Head) / sizeof(float)} dimensions instead of {into.Length}"
            );
        row.GetBytes(2, 0, _bytes, 0, length);
        var numbers = MemoryMarshal.Cast<float, int>(into);
        _bytes.AsSpan(Head, length - Head).CopyTo(MemoryMarshal.AsBytes(into));
        if (BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(numbers, numbers);
    }

    /// <inheritdoc/>
    public override void Insert(long owner, long photo, SpaceId space, float[] row)
    {
        _database.Run(
            $"INSERT INTO {Table} (space, bucket, {Owner}, row{(_ofFaces ? ", photo" : "")}) "
                + $"VALUES ($1, $2, $3, $4{(_ofFaces ? ", $5" : "")})",
            [space.Value, Bucket.Of(photo), owner, new Vector(row), .. _ofFaces ? [photo] : Array.Empty<object?>()]
        );
        _database.Changes.NoteAdded(space, photo, owner);
    }

    /// <inheritdoc/>
    public override int Remove(long owner, long photo, SpaceId? space = null)
    {
        var removed = 0;
        using var spaces = _database.Query(
            $"DELETE FROM {Table} WHERE {Owner} = $1 AND bucket = $2 AND (space = $3 OR $3 IS NULL) RETURNING space",
            owner,
            Bucket.Of(photo),
            space?.Value
        );
        for (; spaces.Read(); removed++)
            _database.Changes.NoteRemoved(new(spaces.GetInt32(0)), photo, owner);
        return removed;
    }

    /// <inheritdoc/>
    public override bool? Has(long owner, SpaceId space, float[] row)
    {
        using var rows = _database.Query($"SELECT row FROM {Table} WHERE {Owner} = $1 AND space = $2", owner, space.Value);
        return rows.Read()
            ? MemoryMarshal.AsBytes(rows.GetFieldValue<Vector>(0).Memory.Span).SequenceEqual(MemoryMarshal.AsBytes<float>(row))
            : null;
    }
}
