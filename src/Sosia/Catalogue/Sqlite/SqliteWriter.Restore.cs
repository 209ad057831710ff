using Sosia.Faces;

namespace Sosia.Catalogue.Sqlite;

/// <summary>What a catalogue remembers of what was forgotten. Only somebody who has a photo can tell that it is among these.</summary>
/// <param name="Salts">The salts of the marks.</param>
/// <param name="Photos">Marks of photos.</param>
/// <param name="Faces">Marks of photos, and the box of a face in each.</param>
/// <param name="People">Marks of people.</param>
internal sealed record ForgottenMarks(
    IReadOnlyList<byte[]> Salts,
    IReadOnlyList<byte[]> Photos,
    IReadOnlyList<(byte[] Mark, Box Box)> Faces,
    IReadOnlyList<byte[]> People
);

/// <summary>What was taken over from the catalogue that a backup replaces.</summary>
/// <param name="MarkedPhotos">Marks of photos that are new.</param>
/// <param name="MarkedFaces">Marks of faces that are new.</param>
/// <param name="Erased">What they say was forgotten.</param>
/// <param name="ErasedPhotos">The same by photo, in order of their paths.</param>
internal sealed record TakenOver(int MarkedPhotos, int MarkedFaces, Forgotten Erased, IReadOnlyList<ErasedPhoto> ErasedPhotos);

/// <summary>Replaces all that is stored by a backup, and forgets in it what was forgotten since it was made.</summary>
internal sealed partial class SqliteWriter
{
    /// <summary>Whether anything would be lost with this catalogue.</summary>
    public bool HoldsAnything() =>
        Database.Read(() =>
            Database.Value(
                "SELECT 1 FROM files UNION ALL SELECT 1 FROM forgotten_photos UNION ALL SELECT 1 FROM forgotten_faces "
                    + "UNION ALL SELECT 1 FROM journal LIMIT 1"
            )
                is not null
        );

    /// <summary>All that is remembered of what was forgotten.</summary>
    public ForgottenMarks ReadMarks() =>
        Database.Read(() =>
        {
            var photos = new List<byte[]>();
            var faces = new List<(byte[], Box)>();
            using (var rows = Database.Query("SELECT mark FROM forgotten_photos"))
                while (rows.Read())
                    photos.Add((byte[])rows[0]);
            using (var rows = Database.Query("SELECT mark, box_left, box_top, box_width, box_height FROM forgotten_faces"))
                while (rows.Read())
                    faces.Add(((byte[])rows[0], new Box(rows.GetFloat(1), rows.GetFloat(2), rows.GetFloat(3), rows.GetFloat(4))));
            return new ForgottenMarks(Salts(), photos, faces, Verdicts.ReadMarks());
        });

    /// <summary>
    /// Takes over the marks of another catalogue, and erases the photos and faces that they stand for. The catalogue gets a new identity:
    /// it has diverged from the one that it was copied from, and no index of that one fits it.
    /// </summary>
    /// <returns>Marks that are new here, and what was erased.</returns>
    /// <exception cref="CatalogueException">The disk is full or refuses.</exception>
    public TakenOver TakeOver(ForgottenMarks marks)
    {
        using var alone = KeepOthersOut();
        var taken = Write(
            () =>
            {
                Database.Run("UPDATE catalogue SET identity = lower(hex(randomblob(16)))");
                foreach (var salt in marks.Salts)
                    Database.Run(
                        "INSERT INTO former_salts (salt) SELECT $1 WHERE $1 NOT IN (SELECT salt FROM catalogue) ON CONFLICT DO NOTHING",
                        salt
                    );
                var photos = marks.Photos.Sum(AddMark);
                var faces = marks.Faces.Sum(face => AddMark(face.Mark, face.Box));
                _erasure.NoteDue();
                var (erased, erasedPhotos) = EraseMarked();
                EraseMarkedVerdicts(marks.People);
                return new TakenOver(photos, faces, erased, erasedPhotos);
            },
            changed: _ => true
        );
        if (_erasure.Finish() is { } problem)
            throw new CatalogueException(CatalogueProblem.CannotWrite, problem);
        database.Maintain(_erasure.NoteLogDue);
        return taken;
    }

    /// <summary>Replaces everything by what a closed catalogue holds, in one transaction, and overwrites what was there.</summary>
    /// <returns>Why the log could not be emptied, as a sentence; the next writer does it. Null when it was.</returns>
    public string? ReplaceAllBy(string file)
    {
        using var alone = KeepOthersOut();
        database.ReplaceAllBy(file);
        return _erasure.Finish();
    }

    private (Forgotten Total, IReadOnlyList<ErasedPhoto> Photos) EraseMarked()
    {
        var total = new Forgotten(0, 0, 0, false);
        var photos = new List<ErasedPhoto>();
        foreach (var (photo, sha256) in AllPhotos())
        {
            var paths = PathsOf(photo);
            var isWhole = IsMarked(sha256);
            var (faces, embeddings) = isWhole ? ForgetPhoto(photo) : EraseMarkedFaces(photo, sha256);
            if (!isWhole && faces == 0)
                continue;
            total = total with
            {
                Photos = total.Photos + (isWhole ? 1 : 0),
                Faces = total.Faces + faces,
                Embeddings = total.Embeddings + embeddings,
            };
            photos.Add(new ErasedPhoto(paths, faces, isWhole));
        }
        photos.Sort((one, other) => string.CompareOrdinal(FirstPath(one), FirstPath(other)));
        return (total, photos);
    }

    /// <summary>What was said of forgotten people, and of places in forgotten photos and of forgotten faces, stored or not.</summary>
    private void EraseMarkedVerdicts(IReadOnlyList<byte[]> people)
    {
        foreach (var sha256 in Verdicts.Photos())
        {
            if (IsMarked(sha256))
                Verdicts.Erase(sha256);
            else if (ForgottenFacesOf(sha256) is { Count: > 0 } boxes)
                Verdicts.Erase(sha256, place => boxes.Exists(box => box.Overlap(place) > SameFace.Overlap));
        }
        Verdicts.TakeOver(people, Salts());
    }

    private static string FirstPath(ErasedPhoto photo) => photo.Paths is [var first, ..] ? first : "";

    private (int Faces, int Embeddings) EraseMarkedFaces(PhotoId photo, string sha256)
    {
        var boxes = ForgottenFacesOf(sha256);
        if (boxes.Count == 0)
            return (0, 0);
        var marked = FacesIn(photo).Where(face => boxes.Exists(box => SameFace.Is(box, face.Box, face.Landmarks))).ToList();
        var embeddings = marked.Sum(face => RemoveFace(face.Id, photo.Value));
        UpdateState(photo.Value);
        return (marked.Count, embeddings);
    }

    private List<string> PathsOf(PhotoId photo)
    {
        var paths = new List<string>();
        using var rows = Database.Query("SELECT path FROM files WHERE photo = $1 ORDER BY path", photo.Value);
        while (rows.Read())
            paths.Add(rows.GetString(0));
        return paths;
    }

    private List<(PhotoId Id, string Sha256)> AllPhotos()
    {
        var photos = new List<(PhotoId, string)>();
        using var rows = Database.Query("SELECT id, sha256 FROM photos");
        while (rows.Read())
            photos.Add((new(rows.GetInt64(0)), rows.GetString(1)));
        return photos;
    }
}
