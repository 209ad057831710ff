using Sosia.Catalogue.Sql.Engine;
using Sosia.Photos;

namespace Sosia.Catalogue.Sql;

/// <summary>
/// A writer of a catalogue that is kept in tables. Each public call is one transaction. The other parts of the class store what became of
/// files, and forget.
/// </summary>
/// <param name="database">The open catalogue; the writer closes it.</param>
internal abstract partial class SqlWriter(SqlDatabase database) : SqlReader(database), ICatalogueWriter
{
    private const int MostDimensions = 4096;

    public SpaceId EnsureSpace(SpaceInfo space)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.Dimensions is < 1 or > MostDimensions)
            throw new ArgumentException($"Expected 1 to {MostDimensions} dimensions, got {space.Dimensions}.", nameof(space));
        return Database.Read(() => FindSpace(space))
            ?? Write(
                () =>
                {
                    Database.TakeTurn();
                    return FindSpace(space) ?? Insert(space);
                },
                changed: _ => true
            );
    }

    public virtual void Announce(IReadOnlyList<FileStamp> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Write(() => files.Sum(Announce), changed: rows => rows > 0);
    }

    public int RemovePaths(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Write(() => Remove(paths), changed: removed => removed.Paths > 0).Photos;
    }

    public PersonId ReservePerson() => Write(() => Verdicts.ReservePerson(), changed: _ => true);

    public CaseId ReserveCase() => Write(() => Verdicts.Cases.Reserve(), changed: _ => true);

    public void NoteShown(CaseId of, IReadOnlyList<string> photos)
    {
        ArgumentNullException.ThrowIfNull(photos);
        _ = Write(() => Verdicts.Cases.NoteShown(of, photos), changed: added => added > 0);
    }

    public JournalEntry Say(ChangeKind kind, IReadOnlyList<Statement> statements, DateTimeOffset at, long? asOf = null)
    {
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentOutOfRangeException.ThrowIfZero(statements.Count);
        return Write(() => Said(() => Verdicts.Say(kind, statements, at, asOf)), changed: _ => true);
    }

    public JournalEntry Undo(long? entry, DateTimeOffset at) => Write(() => Said(() => Verdicts.Undo(entry, at)), changed: _ => true);

    public void StoreDrawn(SpaceId space, string sha256, NewFace face)
    {
        ArgumentNullException.ThrowIfNull(face);
        Write(() => StoreDrawn(face, sha256, space), changed: stored => stored);
    }

    public long Relocate(string from, string to)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentException.ThrowIfNullOrEmpty(to);
        const string Under = "(path = $1 OR (path >= $3 AND path < $4))";
        const string Moved = "$2 || substr(path, length($1) + 1)";
        const string Twice = $"{Under} AND EXISTS (SELECT 1 FROM files there WHERE there.path = $2 || substr(files.path, length($1) + 1))";
        var (first, end) = PathRange(from);
        return Write(
            () =>
            {
                Database.DeferReferences(); // a sidecar goes with its file, in the same transaction
                var left = Photos($"SELECT photo FROM files WHERE photo IS NOT NULL AND {Twice}", from, to, first, end);
                Database.Run($"DELETE FROM files WHERE {Twice}", from, to, first, end);
                Database.Run(
                    $"UPDATE sidecars SET path = {Moved}, sidecar = $2 || substr(sidecar, length($1) + 1) WHERE {Under}",
                    from,
                    to,
                    first,
                    end
                );
                var moved = (long)Database.Run($"UPDATE files SET path = {Moved} WHERE {Under}", from, to, first, end);
                RemoveWhereNoFileIsLeft(left);
                return moved;
            },
            changed: files => files > 0
        );
    }

    /// <inheritdoc/>
    public CopyReceipt CopyFrom(
        ICatalogueReader source,
        bool resume,
        int descriptor,
        IProgress<CopyProgress>? progress,
        CancellationToken cancellation
    ) => new CatalogueCopy((SqlReader)source, this, descriptor).Run(resume, progress, cancellation);

    /// <inheritdoc/>
    public abstract string? Overwrite(CancellationToken cancellation = default);

    /// <inheritdoc cref="SqlDatabase.Write"/>
    protected virtual T Write<T>(Func<T> work, Func<T, bool> changed) => Database.Write(work, changed);

    private HashSet<long> Photos(string sql, params ReadOnlySpan<object?> values)
    {
        var photos = new HashSet<long>();
        using var rows = Database.Query(sql, values);
        while (rows.Read())
            photos.Add(rows.GetInt64(0));
        return photos;
    }

    private (int Paths, int Photos) Remove(IReadOnlyList<string> paths)
    {
        var left = new HashSet<long>();
        var gone = 0;
        foreach (var path in paths)
        {
            if (Database.Value("SELECT photo FROM files WHERE path = $1", path) is long photo)
                left.Add(photo);
            gone += Database.Run("DELETE FROM files WHERE path = $1", path);
        }
        return (gone, RemoveWhereNoFileIsLeft(left));
    }

    /// <summary>Notes a file as waiting. One that changed keeps its photo, and stays findable, until it is read.</summary>
    /// <returns>Whether anything changed: 0 or 1.</returns>
    private int Announce(FileStamp file) =>
        Database.Run(
            """
            INSERT INTO files (path, bytes, modified, waiting) VALUES ($1, $2, $3, 1)
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, waiting = 1, reason = NULL,
            message = NULL
            WHERE files.bytes <> excluded.bytes OR files.modified <> excluded.modified
            """,
            file.Path,
            file.Bytes,
            Ticks(file)
        );

    /// <exception cref="ArgumentException">The space of this key has other dimensions, or is of another kind.</exception>
    private SpaceId? FindSpace(SpaceInfo space)
    {
        using var rows = Database.Query("SELECT id, dimensions, kind FROM spaces WHERE key = $1", space.Key);
        if (!rows.Read())
            return null;
        var dimensions = rows.GetInt32(1);
        if (dimensions != space.Dimensions)
            throw new ArgumentException(
                $"Expected {dimensions} dimensions, as stored for this key, got {space.Dimensions}.",
                nameof(space)
            );
        var kind = Enum.Parse<SpaceKind>(rows.GetString(2));
        if (kind != space.Of)
            throw new ArgumentException($"Expected a space of {kind}, as stored for this key, got one of {space.Of}.", nameof(space));
        return new SpaceId(rows.GetInt32(0));
    }

    private SpaceId Insert(SpaceInfo space)
    {
        var id = (long)
            Database.Value(
                "INSERT INTO spaces (key, model, dimensions, kind) VALUES ($1, $2, $3, $4) RETURNING id",
                space.Key,
                space.Model,
                space.Dimensions,
                space.Of.ToString()
            )!;
        Database.MakeRoom(new((int)id), space);
        return new SpaceId((int)id);
    }

    /// <summary>Removes those of some photos that lie nowhere any more.</summary>
    /// <returns>Photos removed.</returns>
    protected int RemoveWhereNoFileIsLeft(IEnumerable<long> photos)
    {
        var removed = 0;
        long[] all = [.. photos];
        Database.Claim([.. all.Select(photo => new PhotoId(photo))]);
        foreach (var photo in all.Where(photo => Database.Value("SELECT 1 FROM files WHERE photo = $1 LIMIT 1", photo) is null))
        {
            foreach (var face in FacesIn(new(photo)))
                RemoveFace(face.Id, photo);
            Database.Rows(SpaceKind.Photos).Remove(photo, photo);
            Database.Run("DELETE FROM analysed WHERE photo = $1", photo);
            removed += Database.Run("DELETE FROM photos WHERE id = $1", photo);
        }
        return removed;
    }

    /// <summary>When a file was changed, as it is stored.</summary>
    internal static long Ticks(FileStamp file) =>
        (file.Modified.Kind == DateTimeKind.Local ? file.Modified.ToUniversalTime() : file.Modified).Ticks;
}
