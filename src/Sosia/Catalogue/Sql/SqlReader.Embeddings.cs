using System.Data.Common;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Vectors;

namespace Sosia.Catalogue.Sql;

/// <summary>Spaces and their embeddings.</summary>
internal partial class SqlReader
{
    private const int RowsBetweenLooks = 4096;
    private const string FaceOwner = "face";

    /// <summary>Rows of a table that lie in one piece of memory, at most; few of them in tests.</summary>
    public int MostRowsAPiece { get; init; } = int.MaxValue;

    public IReadOnlyList<StoredSpace> Spaces() =>
        Database.ReadOne(() =>
        {
            var spaces = new List<StoredSpace>();
            using var rows = Database.Query(
                """
                SELECT id, key, model, dimensions, kind, coalesce(counted.number, 0)
                FROM spaces LEFT JOIN (
                    SELECT space, count(*) AS number FROM embeddings GROUP BY space
                    UNION ALL SELECT space, count(*) AS number FROM photo_embeddings GROUP BY space) counted ON counted.space = spaces.id
                ORDER BY id
                """
            );
            while (rows.Read())
            {
                var (id, space) = NamedSpace(rows);
                spaces.Add(new(id, space, rows.GetInt64(5)));
            }
            return spaces;
        });

    public NamedSpace? FindSpace(string key) =>
        Database.ReadOne(() =>
        {
            using var row = Database.Query("SELECT id, key, model, dimensions, kind FROM spaces WHERE key = $1", key);
            return row.Read() ? NamedSpace(row) : null;
        });

    public long CountEmbeddings(SpaceId space) =>
        Database.Read(() => (long)Database.Value($"SELECT count(*) FROM {RowsIn(space).Table} WHERE space = $1", space.Value)!);

    public EmbeddingTable ReadEmbeddings(SpaceId space, CancellationToken cancellation = default) =>
        Database.Read(() =>
        {
            var of = RowsIn(space);
            return Read(of, $"{of.Select} WHERE e.space = $1 ORDER BY e.{of.Owner}", cancellation, space.Value);
        });

    public EmbeddingTable ReadPart(SpaceId space, OwnerRange range, int most, CancellationToken cancellation = default) =>
        Database.Read(() =>
        {
            var of = RowsIn(space);
            return Read(
                of,
                $"{of.Select} WHERE e.space = $1 AND e.{of.Owner} > $2 AND e.{of.Owner} <= $3 ORDER BY e.{of.Owner} LIMIT $4",
                cancellation,
                space.Value,
                range.After,
                range.Last,
                most
            );
        });

    public IRowReader SampleEmbeddings(SpaceId space, int count, CancellationToken cancellation = default) =>
        Database.Read<IRowReader>(() =>
        {
            var of = RowsIn(space);
            var floats = new float[DimensionsOf(space)];
            var table = new RowTable(floats.Length);
            long End(string which) =>
                Database.Value($"SELECT {which}({of.Owner}) FROM {of.Table} WHERE space = $1", space.Value) as long? ?? 0;
            var (first, last) = (End("min"), End("max"));
            var before = long.MinValue;
            for (var i = 0; i < count; i++)
            {
                if (i % RowsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                var from = first + (long)((last - first + 1) * ((double)i / count));
                using var row = Database.Query(
                    $"{of.Select} WHERE e.space = $1 AND e.{of.Owner} >= $2 ORDER BY e.{of.Owner} LIMIT 1",
                    space.Value,
                    Math.Max(from, before + 1)
                );
                if (!row.Read())
                    break;
                before = row.GetInt64(0);
                of.Take(row, floats);
                table.Append(floats);
            }
            return table.Snapshot();
        });

    public EmbeddingChanges? ReadChanges(
        SpaceId space,
        Revision since,
        int most = int.MaxValue,
        CancellationToken cancellation = default
    ) =>
        Database.Read(() =>
        {
            var of = RowsIn(space);
            if (!Remembers(since) || most < int.MaxValue && CountAdded(of, space, since, most + 1L) > most)
                return null;
            // The plus keeps the order out of the choice of the index: few rows are new, and they are found by their version.
            var added = Read(
                of,
                $"{of.Select} WHERE e.space = $1 AND {of.IsAdded} ORDER BY +e.{of.Owner}",
                cancellation,
                space.Value,
                since.Version
            );
            var removed = RemovedSince(of, space, since);
            return of.Owner == FaceOwner
                ? new EmbeddingChanges(added, removed.ConvertAll(face => new FaceId(face)))
                : new EmbeddingChanges(added, []) { RemovedPhotos = removed.ConvertAll(photo => new PhotoId(photo)) };
        });

    public OwnerChanges? ReadChangedOwners(SpaceId space, Revision since, CancellationToken cancellation = default) =>
        Database.Read(() =>
        {
            var of = RowsIn(space);
            if (!Remembers(since))
                return null;
            var added = new List<long>();
            using (
                var rows = Database.Query(
                    $"SELECT e.{of.Owner} FROM {of.Table} e WHERE e.space = $1 AND {of.IsAdded}",
                    space.Value,
                    since.Version
                )
            )
            {
                while (rows.Read())
                {
                    if (added.Count % RowsBetweenLooks == 0)
                        cancellation.ThrowIfCancellationRequested();
                    added.Add(rows.GetInt64(0));
                }
            }
            added.Sort();
            return new OwnerChanges(added, RemovedSince(of, space, since), CurrentRevision());
        });

    /// <param name="space">The space.</param>
    /// <param name="of">Its kind; null for any.</param>
    protected int DimensionsOf(SpaceId space, SpaceKind? of = null) =>
        Database.Value("SELECT dimensions FROM spaces WHERE id = $1 AND (kind = $2 OR $2 IS NULL)", space.Value, of?.ToString())
            is long dimensions
            ? (int)dimensions
            : throw CatalogueException.NotFound(
                $"The catalogue {Database.Name} has no space {space}{(of is null ? "" : $" of {of}")}: it has "
                    + $"{Database.Value("SELECT count(*) FROM spaces")}."
            );

    private static NamedSpace NamedSpace(DbDataReader row) =>
        new(new(row.GetInt32(0)), new(row.GetString(1), row.GetString(2), row.GetInt32(3), Enum.Parse<SpaceKind>(row.GetString(4))));

    /// <exception cref="CatalogueException">No such space.</exception>
    private RowsOf RowsIn(SpaceId space)
    {
        _ = DimensionsOf(space);
        return Database.Rows(Enum.Parse<SpaceKind>((string)Database.Value("SELECT kind FROM spaces WHERE id = $1", space.Value)!));
    }

    /// <summary>Whether the catalogue was in a state, and noted what has changed since.</summary>
    private bool Remembers(Revision since) =>
        since.Version >= (long)Database.Value("SELECT changes_from FROM catalogue")!
        && Database.Value("SELECT 1 FROM commits WHERE version = $1 AND nonce = $2", since.Version, since.Nonce) is not null;

    /// <summary>Rows that came since a revision, counted as far as asked for.</summary>
    private long CountAdded(RowsOf of, SpaceId space, Revision since, long most) =>
        (long)
            Database.Value(
                $"SELECT count(*) FROM (SELECT 1 FROM {of.Table} e WHERE e.space = $1 AND {of.IsAdded} LIMIT $3) added",
                space.Value,
                since.Version,
                most
            )!;

    private List<long> RemovedSince(RowsOf of, SpaceId space, Revision since)
    {
        var removed = new List<long>();
        using var rows = Database.Query(of.Removed, space.Value, since.Version);
        while (rows.Read())
            removed.Add(rows.GetInt64(0));
        return removed;
    }

    /// <summary>The rows of a query of <see cref="RowsOf.Select"/>, as a table.</summary>
    /// <param name="of">Their kind.</param>
    /// <param name="sql">The query.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <param name="values">Its parameters; the first one is the space.</param>
    private EmbeddingTable Read(RowsOf of, string sql, CancellationToken cancellation, params ReadOnlySpan<object?> values)
    {
        var floats = new float[DimensionsOf(new((int)values[0]!))];
        var table = new RowTable(floats.Length, MostRowsAPiece); // in pieces: an array would end at 2³¹ floats
        var (faces, photos) = (new List<FaceId>(), new List<PhotoId>());
        using (var rows = Database.Query(sql, values))
            while (rows.Read())
            {
                if (photos.Count % RowsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                of.Take(rows, floats);
                table.Append(floats);
                photos.Add(new(rows.GetInt64(1)));
                if (of.Owner == FaceOwner)
                    faces.Add(new(rows.GetInt64(0)));
            }
        return new(table.Snapshot(), [.. faces], [.. photos], CurrentRevision());
    }

    public IReadOnlyDictionary<PhotoId, byte[]> FindDescriptors(IReadOnlyCollection<PhotoId> ids, int version)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Database.ReadOne(() =>
        {
            var found = new Dictionary<PhotoId, byte[]>(ids.Count);
            using var rows = Database.Query(
                $"SELECT photo, bits FROM photo_descriptors WHERE photo IN {Database.RowsOfList("$1")} AND version = $2",
                Database.List(ids.Select(id => id.Value)),
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
        var last = 0L; // where a connection is lost on the way, the rest is read by another one
        Database.ReadOne(() =>
        {
            using var rows = Database.Query(
                "SELECT photo, bits FROM photo_descriptors WHERE version = $1 AND photo > $2 ORDER BY photo",
                version,
                last
            );
            for (var at = 0; rows.Read(); at++)
            {
                if (at % RowsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                last = rows.GetInt64(0);
                take(new(last), (byte[])rows[1]);
            }
            return 0;
        });
    }
}
