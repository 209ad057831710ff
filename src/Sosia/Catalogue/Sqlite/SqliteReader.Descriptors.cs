using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Photos;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Files of photos, and what copies are found by.</summary>
internal partial class SqliteReader
{
    public ILookup<PhotoId, FileStamp> FilesOf(IReadOnlyCollection<PhotoId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Database.Read(() =>
        {
            var files = new List<(PhotoId Photo, FileStamp File)>();
            using var rows = Database.Query(
                "SELECT photo, path, bytes, modified FROM files WHERE photo IN (SELECT value FROM json_each($1)) ORDER BY path",
                JsonArray(ids.Select(id => id.Value))
            );
            while (rows.Read())
                files.Add((new(rows.GetInt64(0)), new(rows.GetString(1), rows.GetInt64(2), Utc(rows.GetInt64(3)))));
            return files.ToLookup(file => file.Photo, file => file.File);
        });
    }

    public IReadOnlyList<PhotoId> PhotosInSeveralFiles() =>
        Database.Read(() =>
            Ids(Database.Query("SELECT photo FROM files WHERE photo IS NOT NULL GROUP BY photo HAVING count(*) > 1"))
                .OrderBy(photo => photo.Value)
                .ToArray()
        );

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
