using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Forgets for good: rows are deleted, their bytes are overwritten, and a mark keeps them from coming back.</summary>
internal sealed partial class SqliteWriter
{
    private readonly Erasure _erasure = new(database);

    public string? Overwrite(CancellationToken cancellation = default)
    {
        using var alone = KeepOthersOut();
        return _erasure.Finish(cancellation);
    }

    public Forgotten Forget(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        bool overwrite = true,
        IReadOnlyList<PersonId>? people = null
    )
    {
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentNullException.ThrowIfNull(faces);
        using var alone = KeepOthersOut(); // else another writer might note as done what this one has just made due
        var forgotten = Write(
            version =>
            {
                var total = new Forgotten(0, 0, 0, false);
                foreach (var face in faces.Distinct())
                    total = total with { Faces = total.Faces + 1, Embeddings = total.Embeddings + ForgetFace(face, version) };
                foreach (var photo in photos.Distinct())
                    total = Add(total, ForgetPhoto(photo, version));
                foreach (var person in (people ?? []).Distinct())
                {
                    Verdicts.Erase(person);
                    total = total with { People = total.People + 1 };
                }
                _erasure.NoteDue();
                return total;
            },
            changed: total => total.Photos + total.Faces + total.People > 0
        );
        if (!overwrite)
            return forgotten;
        var problem = _erasure.Finish();
        return forgotten with { Overwritten = problem is null, NotOverwritten = problem };
    }

    public void DeleteCase(CaseId of) =>
        Write(
            _ =>
            {
                Verdicts.Erase(of);
                _erasure.NoteDue();
                return true;
            },
            changed: _ => true
        );

    private static Forgotten Add(Forgotten total, (int Faces, int Embeddings) photo) =>
        total with
        {
            Photos = total.Photos + 1,
            Faces = total.Faces + photo.Faces,
            Embeddings = total.Embeddings + photo.Embeddings,
        };

    private (int Faces, int Embeddings) ForgetPhoto(PhotoId id, long version)
    {
        var sha256 =
            Database.Value("SELECT sha256 FROM photos WHERE id = $1", id.Value) as string
            ?? throw SqliteErrors.NotFound($"There is no photo {id}; nothing was forgotten.");
        var marks = MarksOf(sha256);
        AddMark(marks[0]);
        foreach (var mark in marks)
            Database.Run("DELETE FROM forgotten_faces WHERE mark = $1", mark); // said by the photo's own mark now
        var faces = FacesIn(id);
        var embeddings = faces.Sum(face => RemoveFace(face.Id, version)) + RemoveLooks(id.Value, version);
        Database.Run("DELETE FROM analysed WHERE photo = $1", id.Value);
        Database.Run("DELETE FROM files WHERE photo = $1", id.Value);
        Database.Run("DELETE FROM photos WHERE id = $1", id.Value);
        Verdicts.Erase(sha256);
        return (faces.Count, embeddings);
    }

    private int ForgetFace(FaceId id, long version)
    {
        var face = FaceIn(id) ?? throw SqliteErrors.NotFound($"There is no face {id}; nothing was forgotten.");
        var sha256 = (string)Database.Value("SELECT sha256 FROM photos WHERE id = $1", face.Photo.Value)!;
        AddMark(MarksOf(sha256)[0], face.Box);
        Verdicts.Erase(sha256, place => SameFace.Is(place, face.Box, face.Landmarks));
        var embeddings = RemoveFace(id, version);
        UpdateState(face.Photo.Value);
        return embeddings;
    }

    /// <returns>Embeddings removed.</returns>
    private int RemoveFace(FaceId face, long version)
    {
        Database.Run(
            "INSERT INTO removed_embeddings (space, version, face) SELECT space, $2, face FROM embeddings WHERE face = $1",
            face.Value,
            version
        );
        var embeddings = Database.Run("DELETE FROM embeddings WHERE face = $1", face.Value);
        Database.Run("DELETE FROM faces WHERE id = $1", face.Value);
        return embeddings;
    }
}
