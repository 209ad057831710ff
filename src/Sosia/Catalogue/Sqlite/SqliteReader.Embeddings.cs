using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Vectors;
using SQLitePCL;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Spaces and their embeddings, straight from SQLite's pages into one array.</summary>
internal partial class SqliteReader
{
    private const int RowsBetweenLooks = 4096;

    /// <summary>Rows of a table that lie in one piece of memory, at most; few of them in tests.</summary>
    public int MostRowsAPiece { get; init; } = int.MaxValue;

    public IReadOnlyList<StoredSpace> Spaces() =>
        Database.Read(() =>
        {
            var spaces = new List<StoredSpace>();
            using var rows = Database.Query(
                """
                SELECT id, key, model, dimensions, kind,
                       (SELECT count(*) FROM embeddings WHERE space = spaces.id) + (SELECT count(*) FROM photo_embeddings
                       WHERE space = spaces.id)
                FROM spaces ORDER BY id
                """
            );
            while (rows.Read())
                spaces.Add(
                    new(
                        new(rows.GetInt32(0)),
                        new(rows.GetString(1), rows.GetString(2), rows.GetInt32(3), Enum.Parse<SpaceKind>(rows.GetString(4))),
                        rows.GetInt64(5)
                    )
                );
            return spaces;
        });

    public EmbeddingTable ReadEmbeddings(SpaceId space, CancellationToken cancellation = default) =>
        Database.Read(() => EmbeddingsSince(space, null, cancellation));

    public EmbeddingChanges? ReadChanges(SpaceId space, Revision since, CancellationToken cancellation = default) =>
        Database.Read(() =>
        {
            var from = (long)Database.Value("SELECT changes_from FROM catalogue")!;
            if (
                since.Version < from
                || Database.Value("SELECT 1 FROM commits WHERE version = $1 AND nonce = $2", since.Version, since.Nonce) is null
            )
                return null;
            var added = EmbeddingsSince(space, since.Version, cancellation);
            var removed = new List<long>();
            var of = RowsOf.Space(KindOf(space));
            using var rows = Database.Query(
                $"SELECT DISTINCT {of.Owner} FROM removed_{of.Table} WHERE space = $1 AND version > $2 ORDER BY {of.Owner}",
                space.Value,
                since.Version
            );
            while (rows.Read())
                removed.Add(rows.GetInt64(0));
            return of == RowsOf.Faces
                ? new EmbeddingChanges(added, removed.ConvertAll(face => new FaceId(face)))
                : new EmbeddingChanges(added, []) { RemovedPhotos = removed.ConvertAll(photo => new PhotoId(photo)) };
        });

    /// <param name="space">The space.</param>
    /// <param name="of">Its kind; null for any.</param>
    protected int DimensionsOf(SpaceId space, SpaceKind? of = null) =>
        Database.Value("SELECT dimensions FROM spaces WHERE id = $1 AND ($2 IS NULL OR kind = $2)", space.Value, of?.ToString())
            is long dimensions
            ? (int)dimensions
            : throw SqliteErrors.NotFound(
                $"The catalogue {Database.File} has no space {space}{(of is null ? "" : $" of {of}")}: it has "
                    + $"{Database.Value("SELECT count(*) FROM spaces")}."
            );

    private SpaceKind KindOf(SpaceId space) =>
        Enum.Parse<SpaceKind>((string)Database.Value("SELECT kind FROM spaces WHERE id = $1", space.Value)!);

    private EmbeddingTable EmbeddingsSince(SpaceId space, long? version, CancellationToken cancellation)
    {
        var dimensions = DimensionsOf(space);
        var of = RowsOf.Space(KindOf(space));
        var count = (long)
            Database.Value($"SELECT count(*) FROM {of.Table} WHERE space = $1 AND ($2 IS NULL OR added > $2)", space.Value, version)!;
        if (count > Array.MaxLength)
            throw new NotSupportedException($"Space {space} has {count:N0} rows; one table holds at most {Array.MaxLength:N0}.");
        var table = new RowTable(dimensions, MostRowsAPiece); // in pieces: an array would end at 2³¹ floats
        var floats = new float[dimensions];
        var faces = new FaceId[of == RowsOf.Faces ? count : 0];
        var photos = new PhotoId[count];

        // The plus keeps the order out of the choice of the index: few rows are new, and they are found by their version.
        using var rows = version is null
            ? Database.Query($"{of.Select} WHERE e.space = $1 ORDER BY e.{of.Owner}", space.Value)
            : Database.Query($"{of.Select} WHERE e.space = $1 AND e.added > $2 ORDER BY +e.{of.Owner}", space.Value, version);
        var at = 0;
        for (; rows.Read(); at++)
        {
            if (at % RowsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            if (at == count)
                throw SqliteErrors.Damaged(Database.File, $"space {space} has more rows than it counts");
            if (faces.Length > 0)
                faces[at] = new(rows.GetInt64(0));
            photos[at] = new(rows.GetInt64(1));
            var bytes = raw.sqlite3_column_blob(rows.Handle, 3);
            if (of.Problem(rows.GetInt64(0), bytes, rows.GetInt64(2), dimensions) is { } problem)
                throw SqliteErrors.Damaged(Database.File, problem);
            FloatRows.Read(bytes, floats);
            table.Append(floats);
        }
        return at == count
            ? new(table.Snapshot(), faces, photos, CurrentRevision())
            : throw SqliteErrors.Damaged(Database.File, $"of {count} rows in space {space} only {at} could be read");
    }

    public IReadOnlyDictionary<PhotoId, byte[]> FindDescriptors(IReadOnlyCollection<PhotoId> ids, int version)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Database.Read(() =>
        {
            var found = new Dictionary<PhotoId, byte[]>(ids.Count);
            using var rows = Database.Query(
                "SELECT photo, bits FROM photo_descriptors WHERE photo IN (SELECT value FROM json_each($1)) AND version = $2",
                JsonArray(ids.Select(id => id.Value)),
                version
            );
            while (rows.Read())
                found.Add(new(rows.GetInt64(0)), (byte[])rows[1]);
            return found;
        });
    }

    public void ReadDescriptors(int version, Action<PhotoId, byte[]> take, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(take);
        Database.Read(() =>
        {
            using var rows = Database.Query("SELECT photo, bits FROM photo_descriptors WHERE version = $1 ORDER BY photo", version);
            for (var at = 0; rows.Read(); at++)
            {
                if (at % RowsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                take(new(rows.GetInt64(0)), (byte[])rows[1]);
            }
            return 0;
        });
    }
}
