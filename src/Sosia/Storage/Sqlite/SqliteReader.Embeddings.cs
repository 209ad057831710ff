using SQLitePCL;

namespace Sosia.Storage.Sqlite;

/// <summary>Spaces and their embeddings, straight from SQLite's pages into one array.</summary>
internal partial class SqliteReader
{
    private const int RowsBetweenLooks = 4096;

    public IReadOnlyList<(SpaceId Id, SpaceInfo Space, long Rows)> Spaces() => Database.Read(() =>
    {
        var spaces = new List<(SpaceId, SpaceInfo, long)>();
        using var rows = Database.Query(
            "SELECT id, key, model, dimensions, (SELECT count(*) FROM embeddings WHERE space = spaces.id) FROM spaces ORDER BY id");
        while (rows.Read())
            spaces.Add((new(rows.GetInt32(0)), new(rows.GetString(1), rows.GetString(2), rows.GetInt32(3)), rows.GetInt64(4)));
        return spaces;
    });

    public EmbeddingTable ReadEmbeddings(SpaceId space, CancellationToken cancellation = default) =>
        Database.Read(() => EmbeddingsSince(space, null, cancellation));

    public EmbeddingChanges? ReadChanges(SpaceId space, long sinceVersion, CancellationToken cancellation = default) => Database.Read(() =>
    {
        var from = (long)Database.Value("SELECT changes_from FROM catalogue")!;
        if (sinceVersion < from || sinceVersion > CurrentVersion())
            return null;
        var added = EmbeddingsSince(space, sinceVersion, cancellation);
        var removed = new List<FaceId>();
        using var rows = Database.Query("SELECT face FROM removed_embeddings WHERE space = $1 AND version > $2 ORDER BY face", space.Value, sinceVersion);
        while (rows.Read())
            removed.Add(new(rows.GetInt64(0)));
        return new EmbeddingChanges(added, removed);
    });

    protected int DimensionsOf(SpaceId space) => Database.Value("SELECT dimensions FROM spaces WHERE id = $1", space.Value) is long dimensions
        ? (int)dimensions
        : throw SqliteErrors.NotFound($"The catalogue {Database.File} has no space {space}: it has {Database.Value("SELECT count(*) FROM spaces")}.");

    private EmbeddingTable EmbeddingsSince(SpaceId space, long? version, CancellationToken cancellation)
    {
        const string Columns = "SELECT e.face, f.photo, e.checksum, e.row FROM embeddings e CROSS JOIN faces f ON f.id = e.face";
        var dimensions = DimensionsOf(space);
        var count = (long)Database.Value("SELECT count(*) FROM embeddings WHERE space = $1 AND ($2 IS NULL OR added > $2)", space.Value, version)!;
        if (count * dimensions > Array.MaxLength)
            throw new NotSupportedException($"Space {space} has {count} rows of {dimensions} floats, more than one table holds in memory ({Array.MaxLength} floats).");
        var floats = GC.AllocateUninitializedArray<float>((int)(count * dimensions));
        var faces = new FaceId[count];
        var photos = new PhotoId[count];

        // The plus keeps the order out of the choice of the index: few rows are new, and they are found by their version.
        using var rows = version is null
            ? Database.Query($"{Columns} WHERE e.space = $1 ORDER BY e.face", space.Value)
            : Database.Query($"{Columns} WHERE e.space = $1 AND e.added > $2 ORDER BY +e.face", space.Value, version);
        var at = 0;
        for (; rows.Read(); at++)
        {
            if (at % RowsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            if (at == count)
                throw SqliteErrors.Damaged(Database.File, $"space {space} has more rows than it counts");
            faces[at] = new(rows.GetInt64(0));
            photos[at] = new(rows.GetInt64(1));
            var bytes = raw.sqlite3_column_blob(rows.Handle, 3);
            if (Problem(faces[at], bytes, rows.GetInt64(2), dimensions) is { } problem)
                throw SqliteErrors.Damaged(Database.File, problem);
            FloatRows.Read(bytes, floats.AsSpan(at * dimensions, dimensions));
        }
        return at == count
            ? new(dimensions, floats, faces, photos, CurrentVersion())
            : throw SqliteErrors.Damaged(Database.File, $"of {count} rows in space {space} only {at} could be read");
    }

    private static string? Problem(FaceId face, ReadOnlySpan<byte> bytes, long checksum, int dimensions) =>
        bytes.Length != dimensions * sizeof(float) ? $"the embedding of face {face} has {bytes.Length} bytes instead of {dimensions * sizeof(float)}"
        : FloatRows.Checksum(face, bytes) != checksum ? $"the embedding of face {face} does not fit its checksum"
        : null;
}
