using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sqlite;

/// <summary>What a catalogue remembers of what was forgotten. Only somebody who has a photo can tell that it is among these.</summary>
/// <param name="Salts">The salts of the marks.</param>
/// <param name="Photos">Marks of photos.</param>
/// <param name="Faces">Marks of photos, and the box of a face in each.</param>
internal sealed record ForgottenMarks(
    IReadOnlyList<byte[]> Salts,
    IReadOnlyList<byte[]> Photos,
    IReadOnlyList<(byte[] Mark, Box Box)> Faces
);

/// <summary>Replaces all that is stored by a backup, and forgets in it what was forgotten since it was made.</summary>
internal sealed partial class SqliteWriter
{
    /// <summary>Whether anything would be lost with this catalogue.</summary>
    public bool HoldsAnything() =>
        Database.Read(() =>
            Database.Value("SELECT 1 FROM files UNION ALL SELECT 1 FROM forgotten_photos UNION ALL SELECT 1 FROM forgotten_faces LIMIT 1")
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
            return new ForgottenMarks(Salts(), photos, faces);
        });

    /// <summary>
    /// Takes over the marks of another catalogue, and erases the photos and faces that they stand for. The catalogue gets a new identity:
    /// it has diverged from the one that it was copied from, and no index of that one fits it.
    /// </summary>
    /// <returns>Marks that are new here, and what was erased.</returns>
    /// <exception cref="CatalogueException">The disk is full or refuses.</exception>
    public (int Photos, int Faces, Forgotten Erased) TakeOver(ForgottenMarks marks)
    {
        using var alone = KeepOthersOut();
        var taken = Write(
            version =>
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
                return (Photos: photos, Faces: faces, Erased: EraseMarked(version));
            },
            changed: _ => true
        );
        if (_erasure.Finish() is { } problem)
            throw new CatalogueException(CatalogueProblem.CannotWrite, problem);
        Database.Maintain(_erasure.NoteLogDue);
        return taken;
    }

    /// <summary>Replaces everything by what a closed catalogue holds, in one transaction, and overwrites what was there.</summary>
    /// <returns>Why the log could not be emptied, as a sentence; the next writer does it. Null when it was.</returns>
    public string? ReplaceAllBy(string file)
    {
        using var alone = KeepOthersOut();
        Database.ReplaceAllBy(file);
        return _erasure.Finish();
    }

    private int AddMark(byte[] mark) => Database.Run("INSERT INTO forgotten_photos (mark) VALUES ($1) ON CONFLICT DO NOTHING", mark);

    private int AddMark(byte[] mark, Box box) =>
        Database.Run(
            "INSERT INTO forgotten_faces (mark, box_left, box_top, box_width, box_height) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO "
                + "NOTHING",
            mark,
            box.Left,
            box.Top,
            box.Width,
            box.Height
        );

    private Forgotten EraseMarked(long version)
    {
        var erased = new Forgotten(0, 0, 0, false);
        foreach (var (photo, sha256) in AllPhotos())
            if (IsMarked(sha256))
                erased = Add(erased, ForgetPhoto(photo, version));
            else
                erased = EraseMarkedFaces(photo, sha256, erased, version);
        return erased;
    }

    private Forgotten EraseMarkedFaces(PhotoId photo, string sha256, Forgotten erased, long version)
    {
        var boxes = ForgottenFacesOf(sha256);
        if (boxes.Count == 0)
            return erased;
        foreach (var face in FacesIn(photo).Where(face => boxes.Exists(box => SameFace.Is(box, face.Box, face.Landmarks))))
            erased = erased with { Faces = erased.Faces + 1, Embeddings = erased.Embeddings + RemoveFace(face.Id, version) };
        UpdateState(photo.Value);
        return erased;
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
