using Sosia.Catalogue;
using Sosia.Catalogue.Sql;

namespace Sosia.Postgres.Catalogue;

/// <summary>
/// Photos that a transaction is about to change are locked, in the order of their marks, so that two transactions wait for each other and
/// not in a circle. A photo that is new is stored with its faces and rows by COPY.
/// </summary>
internal sealed partial class PostgresDatabase
{
    /// <inheritdoc/>
    public override long InsertPhoto(NewPhoto photo) =>
        throw new InvalidOperationException($"The photo {photo.Sha256} was not claimed before it was stored.");

    /// <inheritdoc/>
    public override void Claim(IReadOnlyList<PhotoId> photos)
    {
        if (photos.Count == 0)
            return;
        var ids = photos.Select(photo => photo.Value).Distinct().ToArray();
        if (!IsSpread)
        {
            Run("SELECT 1 FROM photos WHERE id = ANY($1) ORDER BY mark FOR UPDATE", (object)ids);
            return;
        }
        var marks = new List<byte[]>();
        using (var rows = Query("SELECT mark FROM photos WHERE id = ANY($1)", (object)ids))
            while (rows.Read())
                marks.Add((byte[])rows[0]);
        LockMarks(marks);
    }

    /// <summary>Rows that lie on several machines can't be locked by one statement: the coordinator keeps a lock for each mark.</summary>
    private void LockMarks(IEnumerable<byte[]> marks) =>
        Run(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT key FROM unnest($1::bigint[]) key ORDER BY key) ordered",
            (object)marks.Select(mark => KeyOf(mark)).ToArray()
        );

    /// <inheritdoc/>
    public override IReadOnlySet<FileOutcome> Claim(IndexedSpaces spaces, IReadOnlyList<FileOutcome> outcomes)
    {
        // What is stored waits for nobody any more, whoever claimed it.
        Run("DELETE FROM queue WHERE path = ANY($1)", (object)outcomes.Select(outcome => outcome.File.Path).ToArray());
        var salt = (byte[])Value("SELECT salt FROM catalogue")!;
        var reads = outcomes.OfType<PhotoRead>().DistinctBy(read => read.Photo.Sha256).ToDictionary(read => read.Photo.Sha256);
        var known = outcomes.Select(HashOf).OfType<string>().Except(reads.Keys);
        var marks = reads.Keys.Concat(known).ToDictionary(hash => hash, hash => Bucket.Mark(salt, hash));
        if (marks.Count == 0)
            return new HashSet<FileOutcome>(ReferenceEqualityComparer.Instance);

        var photos = WithoutForgotten(InsertAndLock([.. reads.Values], marks), salt);
        StoreNew(photos, spaces);
        return StoreFiles(photos, outcomes);
    }

    private static string? HashOf(FileOutcome outcome) =>
        outcome switch
        {
            PhotoRead read => read.Photo.Sha256,
            DetailsRead read => read.Sha256,
            PhotoKnown known => known.Sha256,
            _ => null,
        };

    /// <summary>Stores the photos that are not stored yet, and locks all of them.</summary>
    /// <returns>Those that are new, in the order in which they were given, which is that of their numbers.</returns>
    private List<(long Id, PhotoRead Read)> InsertAndLock(PhotoRead[] reads, Dictionary<string, byte[]> marks)
    {
        NewPhoto[] photos = [.. reads.Select(read => read.Photo)];
        long[] ids = [.. Numbers("photo_numbers", reads.Length).Zip(photos, (number, photo) => Numbered(number, marks[photo.Sha256]))];
        var inserted = new HashSet<long>();
        if (IsSpread)
            LockMarks(marks.Values);
        while (true)
        {
            using (
                var rows = Query(
                    $"""
                    INSERT INTO photos (bucket, id, mark, sha256, width, height, state)
                    SELECT id & {Bucket.Mask}, id, mark, sha256, width, height, state
                    FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::integer[], $5::integer[], $6::text[])
                        AS photo (id, mark, sha256, width, height, state)
                    ORDER BY mark
                    ON CONFLICT (mark, bucket) DO NOTHING
                    RETURNING id
                    """,
                    ids,
                    photos.Select(photo => marks[photo.Sha256]).ToArray(),
                    photos.Select(photo => photo.Sha256).ToArray(),
                    photos.Select(photo => photo.Width).ToArray(),
                    photos.Select(photo => photo.Height).ToArray(),
                    photos.Select(StateOf).ToArray()
                )
            )
                while (rows.Read())
                    inserted.Add(rows.GetInt64(0));
            var locked = new HashSet<string>(StringComparer.Ordinal);
            using (
                var rows = Query(
                    $"SELECT sha256 FROM photos WHERE mark = ANY($1) ORDER BY mark {(IsSpread ? "" : "FOR UPDATE")}",
                    (object)marks.Values.ToArray()
                )
            )
                while (rows.Read())
                    locked.Add(rows.GetString(0));
            // One that another transaction removed in between is new again.
            if (photos.All(photo => locked.Contains(photo.Sha256)))
                return [.. ids.Zip(reads).Where(photo => inserted.Contains(photo.First))];
        }
    }

    private static string StateOf(NewPhoto photo) =>
        (
            photo.Faces.Any(face => face.Embedding is not null) ? PhotoState.Searchable
            : photo.Faces.Count > 0 ? PhotoState.TooPoor
            : PhotoState.NoFace
        ).ToString();

    /// <summary>Takes back the photos of which something was forgotten, of those that were just stored.</summary>
    private List<(long Id, PhotoRead Read)> WithoutForgotten(List<(long Id, PhotoRead Read)> photos, byte[] salt)
    {
        if (Value("SELECT 1 FROM (SELECT mark FROM forgotten_photos UNION ALL SELECT mark FROM forgotten_faces) m LIMIT 1") is null)
            return photos;
        var salts = new List<byte[]> { salt };
        using (var rows = Query("SELECT salt FROM former_salts"))
            while (rows.Read())
                salts.Add((byte[])rows[0]);
        var marks = photos
            .SelectMany(photo => salts.Select(each => (Mark: Convert.ToHexString(Bucket.Mark(each, photo.Read.Photo.Sha256)), photo.Id)))
            .ToLookup(mark => mark.Mark, mark => mark.Id);
        var (forgotten, whole) = (new HashSet<long>(), new HashSet<long>());
        using (
            var rows = Query(
                """
                SELECT mark, TRUE FROM forgotten_photos WHERE mark = ANY($1)
                UNION ALL SELECT mark, FALSE FROM forgotten_faces WHERE mark = ANY($1)
                """,
                (object)marks.Select(mark => Convert.FromHexString(mark.Key)).ToArray()
            )
        )
            while (rows.Read())
            {
                var those = marks[Convert.ToHexString((byte[])rows[0])];
                forgotten.UnionWith(those);
                if (rows.GetBoolean(1))
                    whole.UnionWith(those);
            }
        if (forgotten.Count == 0)
            return photos;
        // What is left of them is stored one by one, or is not.
        Run("DELETE FROM photos WHERE id = ANY($1)", (object)whole.ToArray());
        return [.. photos.Where(photo => !forgotten.Contains(photo.Id))];
    }

    /// <summary>Notes the files of new photos, where no other photo was there before and nothing lies beside.</summary>
    /// <returns>The outcomes of which nothing is left to store.</returns>
    private HashSet<FileOutcome> StoreFiles(List<(long Id, PhotoRead Read)> photos, IReadOnlyList<FileOutcome> outcomes)
    {
        var paths = outcomes.CountBy(outcome => outcome.File.Path).Where(path => path.Value == 1).Select(path => path.Key).ToHashSet();
        var simple = photos.Where(photo => paths.Contains(photo.Read.File.Path) && photo.Read.File.Sidecar is null).ToList();
        var held = new HashSet<string>(StringComparer.Ordinal);
        using (
            var rows = Query(
                """
                SELECT path FROM files WHERE path = ANY($1) AND photo IS NOT NULL
                UNION SELECT path FROM sidecars WHERE path = ANY($1)
                """,
                (object)simple.Select(photo => photo.Read.File.Path).ToArray()
            )
        )
            while (rows.Read())
                held.Add(rows.GetString(0));
        simple.RemoveAll(photo => held.Contains(photo.Read.File.Path));
        Run(
            """
            INSERT INTO files (path, bytes, modified, photo, waiting)
            SELECT path, bytes, modified, photo, 0
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS f (path, bytes, modified, photo)
            ORDER BY path COLLATE "C"
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, photo = excluded.photo, reason = NULL,
                message = NULL, waiting = 0
            """,
            simple.Select(photo => photo.Read.File.Path).ToArray(),
            simple.Select(photo => photo.Read.File.Bytes).ToArray(),
            simple.Select(photo => SqlWriter.Ticks(photo.Read.File)).ToArray(),
            simple.Select(photo => photo.Id).ToArray()
        );
        return new HashSet<FileOutcome>(simple.Select(photo => photo.Read), ReferenceEqualityComparer.Instance);
    }
}
