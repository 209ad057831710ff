using System.Data.Common;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>What is known of the files: counts, stamps, failures.</summary>
internal partial class SqlReader
{
    // A photo all of whose files wait to be read again counts as those files do. One whose files can't be read at the moment counts as what
    // it is: it is found as it was.
    public PhotoCounts Count() =>
        Database.Read(() =>
        {
            var counts = new Dictionary<PhotoState, long>();
            using (
                var rows = Database.Query(
                    """
                    SELECT state, count(*) FROM photos WHERE id IN (SELECT photo FROM files WHERE waiting = 0)
                    GROUP BY state
                    UNION ALL SELECT 'Unreadable', count(*) FROM files WHERE reason IS NOT NULL AND photo IS NULL
                    UNION ALL SELECT 'Waiting', count(*) FROM files WHERE waiting = 1
                    """
                )
            )
            {
                while (rows.Read())
                    counts[Enum.Parse<PhotoState>(rows.GetString(0))] = rows.GetInt64(1);
            }
            var kept = (long)Database.Value("SELECT count(*) FROM files WHERE reason IS NOT NULL AND photo IS NOT NULL")!;
            return new PhotoCounts(
                Of(PhotoState.Searchable),
                Of(PhotoState.TooPoor),
                Of(PhotoState.NoFace),
                Of(PhotoState.Unreadable),
                Of(PhotoState.Waiting)
            )
            {
                UnreadableNow = kept,
            };

            long Of(PhotoState state) => counts.GetValueOrDefault(state);
        });

    public IReadOnlyList<ProvenanceCount> CountByProvenance(SpaceId space) =>
        Database.ReadOne(() =>
        {
            var counts = new List<ProvenanceCount>();
            using var rows = Database.Query(
                """
                SELECT key, description, photos
                FROM (SELECT provenance, count(*) AS photos FROM analysed WHERE space = $1 GROUP BY provenance) counted
                LEFT JOIN provenances p ON p.id = provenance
                ORDER BY photos DESC, p.id NULLS FIRST
                """,
                space.Value
            );
            while (rows.Read())
                counts.Add(new(rows.IsDBNull(0) ? null : new Provenance(rows.GetString(0), rows.GetString(1)), rows.GetInt64(2)));
            return counts;
        });

    public PhotoSet PhotosIn(PhotoFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Database.Read(() =>
        {
            if (filter.Under.Count == 0)
                return PhotosTaken(filter.From, filter.Before);
            var photos = new PhotoSet();
            foreach (var directory in filter.Under)
                photos.UnionWith(PhotosUnder(directory));
            return filter.HasTime ? photos.Intersect(PhotosTaken(filter.From, filter.Before)) : photos;
        });
    }

    public ILookup<PhotoId, FileStamp> FilesOf(IReadOnlyCollection<PhotoId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Database.ReadOne(() =>
        {
            var files = new List<(PhotoId Photo, FileStamp File)>();
            using var rows = Database.Query(
                $"SELECT photo, path, bytes, modified FROM files WHERE photo IN {Database.RowsOfList("$1")} ORDER BY path",
                Database.List(ids.Select(id => id.Value))
            );
            while (rows.Read())
                files.Add((new(rows.GetInt64(0)), new(rows.GetString(1), rows.GetInt64(2), Utc(rows.GetInt64(3)))));
            return files.ToLookup(file => file.Photo, file => file.File);
        });
    }

    public IReadOnlyList<PhotoId> PhotosInSeveralFiles() =>
        Database.ReadOne(() =>
            Ids(Database.Query("SELECT photo FROM files WHERE photo IS NOT NULL GROUP BY photo HAVING count(*) > 1"))
                .OrderBy(photo => photo.Value)
                .ToArray()
        );

    private PhotoSet PhotosUnder(string directory)
    {
        var (first, end) = PathRange(directory);
        return Ids(Database.Query("SELECT photo FROM files WHERE path >= $1 AND path < $2 AND photo IS NOT NULL", first, end));
    }

    /// <summary>As <see cref="PhotoRow.Taken"/> says it: by the photo, else by the first sidecar, else by the oldest file.</summary>
    private PhotoSet PhotosTaken(DateTime? from, DateTime? before) =>
        Ids(
            Database.Query(
                $"""
                SELECT id FROM (
                    SELECT p.id, coalesce(x.taken, said.taken, oldest.modified) AS taken
                    FROM photos p LEFT JOIN photo_facts x ON {Of("x")}
                    LEFT JOIN (
                        SELECT f.photo, s.taken FROM sidecars s JOIN files f ON f.path = s.path
                        WHERE s.taken IS NOT NULL AND NOT EXISTS (
                            SELECT 1 FROM files g JOIN sidecars t ON t.path = g.path
                            WHERE g.photo = f.photo AND g.path < f.path AND t.taken IS NOT NULL)
                    ) said ON said.photo = p.id
                    LEFT JOIN (SELECT photo, min(modified) AS modified FROM files GROUP BY photo) oldest ON oldest.photo = p.id) times
                WHERE (taken >= $1 OR $1 IS NULL) AND (taken < $2 OR $2 IS NULL)
                """,
                from?.Ticks,
                before?.Ticks
            )
        );

    private static PhotoSet Ids(DbDataReader rows)
    {
        using (rows)
        {
            var photos = new PhotoSet();
            while (rows.Read())
                photos.Add(new(rows.GetInt64(0)));
            return photos;
        }
    }

    public bool KnowsFilesIn(string directory)
    {
        var (first, end) = PathRange(directory);
        return Database.ReadOne(() =>
            Database.Value(
                """
                SELECT 1 FROM files WHERE path >= $1 AND path < $2
                    AND replace(substr(path, length($1) + 1), $3, '') = substr(path, length($1) + 1) LIMIT 1
                """,
                first,
                end,
                Path.DirectorySeparatorChar.ToString()
            )
                is not null
        );
    }

    public IReadOnlyList<FailedFile> Failures() =>
        Database.ReadOne(() =>
        {
            var failures = new List<FailedFile>();
            using var rows = Database.Query(
                "SELECT path, bytes, modified, reason, message, photo FROM files WHERE reason IS NOT NULL ORDER BY path"
            );
            while (rows.Read())
            {
                var stamp = new FileStamp(rows.GetString(0), rows.GetInt64(1), Utc(rows.GetInt64(2)));
                var failure = new Failure(Enum.Parse<UnreadableReason>(rows.GetString(3)), rows.GetString(4));
                failures.Add(new(stamp, failure) { Photo = rows.IsDBNull(5) ? null : new PhotoId(rows.GetInt64(5)) });
            }
            return failures;
        });

    public void ReadFilesUnder(string directory, IndexedSpaces? spaces, Action<KnownFile> take, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(take);
        var (first, end) = PathRange(directory);
        ReadFiles("f.path >= $1 AND f.path < $2", first, end, spaces, take, cancellation);
    }

    public KnownFile? FindFile(string path, IndexedSpaces? spaces = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        KnownFile? found = null;
        ReadFiles("f.path >= $1 AND f.path <= $2", path, path, spaces, file => found = file, default);
        return found;
    }

    private void ReadFiles(
        string where,
        string first,
        string end,
        IndexedSpaces? spaces,
        Action<KnownFile> take,
        CancellationToken cancellation
    )
    {
        const char lowest = '\u0001';
        var (made, photos) = Made(3, $"{Database.PhotosOf($"(SELECT f.photo FROM files f WHERE {where})")} p");
        // Where a connection is lost on the way, the rest is read by another one: nothing is told twice.
        Database.ReadOne(() =>
        {
            using var rows = Database.Query(
                $"""
                SELECT f.path, f.bytes, f.modified, p.sha256, f.waiting = 1, f.reason IS NOT NULL,
                       {made}, s.sidecar, s.bytes, s.modified
                FROM files f LEFT JOIN {photos} ON p.id = f.photo
                LEFT JOIN sidecars s ON s.path = f.path
                WHERE {where} ORDER BY f.path
                """,
                first,
                end,
                spaces?.Faces.Value ?? 0, // no space has that number
                spaces?.Look?.Value ?? 0,
                spaces?.FoundBy?.Key,
                PhotoFacts.Version,
                spaces?.Places == true ? 1 : 0,
                spaces?.DescriptorVersion ?? 0
            );
            for (var at = 0; rows.Read(); at++)
            {
                if (at % RowsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                var file = ToKnown(rows, spaces);
                take(file);
                first = file.File.Path + lowest;
            }
            return 0;
        });
    }

    private static KnownFile ToKnown(DbDataReader rows, IndexedSpaces? spaces)
    {
        var sidecar = rows.IsDBNull(10) ? null : new SidecarStamp(rows.GetString(10), rows.GetInt64(11), Utc(rows.GetInt64(12)));
        var stamp = new FileStamp(rows.GetString(0), rows.GetInt64(1), Utc(rows.GetInt64(2))) { Sidecar = sidecar };
        var photo = rows.IsDBNull(3) ? null : rows.GetString(3);
        return new KnownFile(stamp, StateOf(rows, spaces), photo);
    }

    private static FileState StateOf(DbDataReader rows, IndexedSpaces? spaces)
    {
        if (rows.GetBoolean(4))
            return FileState.Waiting;
        if (rows.GetBoolean(5))
            return FileState.Unreadable;
        if (spaces is null)
            return FileState.Complete;
        var progress = new PhotoProgress(IsForgotten: false, HasFaces: rows.GetBoolean(6), HasLook: rows.GetBoolean(7))
        {
            HasFacts = rows.GetBoolean(8),
            HasDescriptor = rows.GetBoolean(9),
        };
        return progress.WorkLeft(spaces) == PhotoWork.None ? FileState.Complete : FileState.Incomplete;
    }

    /// <summary>
    /// The paths in a directory are those from "directory/" up to the same text with the next character in place of the separator:
    /// nothing that a name may hold has a meaning here, as it would in a pattern.
    /// </summary>
    internal static (string First, string End) PathRange(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var separator = Path.DirectorySeparatorChar;
        var bare = directory.TrimEnd(separator);
        return ($"{bare}{separator}", $"{bare}{(char)(separator + 1)}");
    }

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
