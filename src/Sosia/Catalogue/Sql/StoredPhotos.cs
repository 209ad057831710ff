using System.Data.Common;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>Reads all that a catalogue has of its photos, page by page; each page is one moment.</summary>
internal sealed class StoredPhotos(SqlReader catalogue)
{
    private const string Files = """
        SELECT f.path, f.bytes, f.modified, f.waiting = 1, f.reason, f.message, f.photo, s.sidecar, s.bytes, s.modified,
               s.taken, s.taken_offset, s.caption, s.credit, s.problem
        FROM files f LEFT JOIN sidecars s ON s.path = f.path
        """;

    private readonly SqlDatabase _database = catalogue.Database;

    /// <summary>The photos after a number, in order.</summary>
    /// <param name="after">A number; 0 for the first page.</param>
    /// <param name="most">Photos, at most.</param>
    /// <param name="spaces">The spaces of the catalogue.</param>
    /// <param name="descriptor">The version of descriptors that is wanted.</param>
    public IReadOnlyList<StoredPhoto> Page(long after, int most, IReadOnlyList<StoredSpace> spaces, int descriptor) =>
        _database.Read(() =>
        {
            var photos = new Dictionary<long, StoredPhoto>();
            Each(
                "SELECT id, sha256, width, height FROM photos WHERE id > $1 ORDER BY id LIMIT $2",
                row => photos.Add(row.GetInt64(0), new StoredPhoto(row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3))),
                after,
                most
            );
            var ids = _database.List(photos.Keys);
            var these = _database.RowsOfList("$1");
            Each($"{Files} WHERE f.photo IN {these} ORDER BY f.path", row => photos[row.GetInt64(6)].Files.Add(FileIn(row)), ids);
            foreach (var face in catalogue.FacesOfPhotos(photos.Keys).OrderBy(face => face.Id.Value))
                photos[face.Photo.Value].Faces.Add(face);
            Each(
                $"""
                SELECT a.photo, a.space, p.key, p.description FROM analysed a LEFT JOIN provenances p ON p.id = a.provenance
                WHERE a.photo IN {these}
                """,
                row =>
                    photos[row.GetInt64(0)].Analysed[row.GetInt32(1)] = row.IsDBNull(2)
                        ? null
                        : new Provenance(row.GetString(2), row.GetString(3)),
                ids
            );
            foreach (var space in spaces)
                ReadRows(space, photos, ids);
            Each(
                $"""
                SELECT photo, places, taken, taken_offset, taken_from, camera, latitude, longitude, caption, credit, problem
                FROM photo_facts WHERE version = $2 AND photo IN {these}
                """,
                row =>
                {
                    var photo = photos[row.GetInt64(0)];
                    (photo.HasPlaces, photo.Facts) = (row.GetInt64(1) == 1, FactsRows.OfPhoto(row, 2));
                },
                ids,
                PhotoFacts.Version
            );
            Each(
                $"SELECT photo, bits FROM photo_descriptors WHERE version = $2 AND photo IN {these}",
                row => photos[row.GetInt64(0)].Descriptor = (byte[])row[1],
                ids,
                descriptor
            );
            return photos.Values.OrderBy(photo => photo.Id).ToList();
        });

    /// <summary>The files of which no photo was ever read, after a path, in order.</summary>
    public IReadOnlyList<StoredFile> FilesWithout(string after, int most) =>
        _database.Read(() =>
        {
            var files = new List<StoredFile>();
            Each($"{Files} WHERE f.photo IS NULL AND f.path > $1 ORDER BY f.path LIMIT $2", row => files.Add(FileIn(row)), after, most);
            return files;
        });

    private void ReadRows(StoredSpace space, Dictionary<long, StoredPhoto> photos, object ids)
    {
        var rows = _database.Rows(space.Space.Of);
        var ofPhotos =
            space.Space.Of == SpaceKind.Photos
                ? $"e.photo IN {_database.RowsOfList("$2")}"
                : $"e.face IN (SELECT id FROM faces WHERE photo IN {_database.RowsOfList("$2")})";
        Each(
            $"{rows.Select} WHERE e.space = $1 AND {ofPhotos}",
            row =>
            {
                var floats = new float[space.Space.Dimensions];
                rows.Take(row, floats);
                var photo = photos[row.GetInt64(1)];
                if (space.Space.Of == SpaceKind.Photos)
                    photo.Looks.Add(space.Id.Value, floats);
                else
                    photo.Rows.Add((space.Id.Value, row.GetInt64(0)), floats);
            },
            space.Id.Value,
            ids
        );
    }

    private void Each(string sql, Action<DbDataReader> take, params ReadOnlySpan<object?> values)
    {
        using var rows = _database.Query(sql, values);
        while (rows.Read())
            take(rows);
    }

    private static StoredFile FileIn(DbDataReader row)
    {
        var sidecar = row.IsDBNull(7) ? null : new SidecarStamp(row.GetString(7), row.GetInt64(8), Utc(row.GetInt64(9)));
        var failure = row.IsDBNull(4) ? null : new Failure(Enum.Parse<UnreadableReason>(row.GetString(4)), row.GetString(5));
        return new StoredFile(
            new FileStamp(row.GetString(0), row.GetInt64(1), Utc(row.GetInt64(2))) { Sidecar = sidecar },
            row.GetBoolean(3),
            failure,
            sidecar is null ? null : FactsRows.OfSidecar(row, 10)
        );
    }

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
