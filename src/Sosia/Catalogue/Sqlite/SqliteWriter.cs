using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Photos;

namespace Sosia.Catalogue.Sqlite;

/// <summary>The one writer: each public call is one transaction. The other part stores what became of files.</summary>
internal sealed partial class SqliteWriter(Database database, WriterLock? writerLock) : SqliteReader(database), ICatalogueWriter
{
    private const int MostDimensions = 4096;

    public SpaceId EnsureSpace(SpaceInfo space)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.Dimensions is < 1 or > MostDimensions)
            throw new ArgumentException($"Expected 1 to {MostDimensions} dimensions, got {space.Dimensions}.", nameof(space));
        var known = Spaces().FirstOrDefault(known => known.Space.Key == space.Key);
        if (known.Space is null)
            return Database.Write(
                _ => new SpaceId(
                    (int)
                        (long)
                            Database.Value(
                                "INSERT INTO spaces (key, model, dimensions, kind) VALUES ($1, $2, $3, $4) RETURNING id",
                                space.Key,
                                space.Model,
                                space.Dimensions,
                                space.Of.ToString()
                            )!
                ),
                _ => true
            );
        if (known.Space.Dimensions != space.Dimensions)
            throw new ArgumentException(
                $"Expected {known.Space.Dimensions} dimensions, as stored for this key, got {space.Dimensions}.",
                nameof(space)
            );
        if (known.Space.Of != space.Of)
            throw new ArgumentException(
                $"Expected a space of {known.Space.Of}, as stored for this key, got one of {space.Of}.",
                nameof(space)
            );
        return known.Id;
    }

    public void Announce(IReadOnlyList<FileStamp> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Database.Write(_ => files.Sum(Announce), changed: rows => rows > 0);
    }

    public int RemovePaths(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Database
            .Write(
                version =>
                {
                    var left = new HashSet<long>();
                    var gone = 0;
                    foreach (var path in paths)
                    {
                        if (Database.Value("SELECT photo FROM files WHERE path = $1", path) is long photo)
                            left.Add(photo);
                        gone += Database.Run("DELETE FROM files WHERE path = $1", path);
                    }
                    return (Gone: gone, Photos: RemoveUnlessSomewhere(left, version));
                },
                changed: removed => removed.Gone > 0
            )
            .Photos;
    }

    public override void Dispose()
    {
        using (writerLock)
        {
            Database.FoldLog();
            base.Dispose();
        }
    }

    // A file whose bytes changed keeps its old photo, and stays findable, until the new one is read.
    private int Announce(FileStamp file) =>
        Database.Run(
            """
            INSERT INTO files (path, bytes, modified, waiting) VALUES ($1, $2, $3, 1)
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, waiting = 1, reason = NULL, message = NULL
            WHERE bytes <> excluded.bytes OR modified <> excluded.modified
            """,
            file.Path,
            file.Bytes,
            Ticks(file)
        );

    private int RemoveUnlessSomewhere(IEnumerable<long> photos, long version)
    {
        var removed = 0;
        foreach (var photo in photos.Where(photo => Database.Value("SELECT 1 FROM files WHERE photo = $1 LIMIT 1", photo) is null))
        {
            foreach (var face in FacesIn(new(photo)))
                RemoveFace(face.Id, version);
            RemoveLooks(photo, version);
            Database.Run("DELETE FROM analysed WHERE photo = $1", photo);
            removed += Database.Run("DELETE FROM photos WHERE id = $1", photo);
        }
        return removed;
    }

    private static long Ticks(FileStamp file) =>
        (file.Modified.Kind == DateTimeKind.Local ? file.Modified.ToUniversalTime() : file.Modified).Ticks;
}
