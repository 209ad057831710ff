using Sosia.Faces;

namespace Sosia.Catalogue.Sql;

/// <summary>Forgets: rows are deleted, and a mark keeps them from coming back.</summary>
internal abstract partial class SqlWriter
{
    public virtual Forgotten Forget(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        bool overwrite = true,
        IReadOnlyList<PersonId>? people = null
    )
    {
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentNullException.ThrowIfNull(faces);
        return Write(
            () =>
            {
                Database.TakeTurn();
                Database.Claim([.. photos, .. FacesNamed(faces).Ask(Database).Select(face => face.Photo)]);
                var total = new Forgotten(0, 0, 0, false);
                foreach (var face in faces.Distinct())
                    total = total with { Faces = total.Faces + 1, Embeddings = total.Embeddings + ForgetFace(face) };
                foreach (var photo in photos.Distinct())
                    total = Add(total, ForgetPhoto(photo));
                foreach (var person in (people ?? []).Distinct())
                {
                    Verdicts.Erase(person);
                    total = total with { People = total.People + 1 };
                }
                NoteOverwritingDue();
                return total;
            },
            changed: total => total.Photos + total.Faces + total.People > 0
        );
    }

    public void DeleteCase(CaseId of) =>
        Write(
            () =>
            {
                Database.TakeTurn();
                Verdicts.Erase(of);
                NoteOverwritingDue();
                return true;
            },
            changed: _ => true
        );

    /// <summary>Notes, in the transaction that forgets, that what is deleted still stands in bytes that are to be overwritten.</summary>
    protected abstract void NoteOverwritingDue();

    protected int AddMark(byte[] mark) => Database.Run("INSERT INTO forgotten_photos (mark) VALUES ($1) ON CONFLICT DO NOTHING", mark);

    protected int AddMark(byte[] mark, Box box) =>
        Database.Run(
            "INSERT INTO forgotten_faces (mark, box_left, box_top, box_width, box_height) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO "
                + "NOTHING",
            mark,
            box.Left,
            box.Top,
            box.Width,
            box.Height
        );

    protected (int Faces, int Embeddings) ForgetPhoto(PhotoId id)
    {
        var sha256 =
            Database.Value("SELECT sha256 FROM photos WHERE id = $1", id.Value) as string
            ?? throw CatalogueException.NotFound($"There is no photo {id}; nothing was forgotten.");
        var marks = MarksOf(sha256);
        AddMark(marks[0]);
        foreach (var mark in marks)
            Database.Run("DELETE FROM forgotten_faces WHERE mark = $1", mark); // said by the photo's own mark now
        var faces = FacesIn(id);
        var embeddings = faces.Sum(face => RemoveFace(face.Id, id.Value)) + Database.Rows(SpaceKind.Photos).Remove(id.Value, id.Value);
        Database.Run("DELETE FROM analysed WHERE photo = $1", id.Value);
        Database.Run("DELETE FROM files WHERE photo = $1", id.Value);
        Database.Run("DELETE FROM photos WHERE id = $1", id.Value);
        Verdicts.Erase(sha256);
        return (faces.Count, embeddings);
    }

    /// <returns>Embeddings removed.</returns>
    protected int RemoveFace(FaceId face, long photo)
    {
        var embeddings = Database.Rows(SpaceKind.Faces).Remove(face.Value, photo);
        Database.Run("DELETE FROM faces WHERE id = $1", face.Value);
        return embeddings;
    }

    private static Forgotten Add(Forgotten total, (int Faces, int Embeddings) photo) =>
        total with
        {
            Photos = total.Photos + 1,
            Faces = total.Faces + photo.Faces,
            Embeddings = total.Embeddings + photo.Embeddings,
        };

    private int ForgetFace(FaceId id)
    {
        var face = FaceIn(id) ?? throw CatalogueException.NotFound($"There is no face {id}; nothing was forgotten.");
        var sha256 = (string)Database.Value("SELECT sha256 FROM photos WHERE id = $1", face.Photo.Value)!;
        AddMark(MarksOf(sha256)[0], face.Box);
        Verdicts.Erase(sha256, place => SameFace.Is(place, face.Box, face.Landmarks));
        var embeddings = RemoveFace(id, face.Photo.Value);
        UpdateState(face.Photo.Value);
        return embeddings;
    }
}
