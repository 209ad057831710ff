namespace Sosia.Storage.Sqlite;

/// <summary>Forgets for good: the rows go, their bytes are overwritten, and a mark keeps them from coming back.</summary>
internal sealed partial class SqliteWriter
{
    private readonly Erasure _erasure = new(database);

    /// <summary>Does what an earlier writer was kept from doing after it had forgotten something.</summary>
    public bool FinishErasing() => _erasure.Finish();

    public Forgotten Forget(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces)
    {
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentNullException.ThrowIfNull(faces);
        var forgotten = Database.Write(version =>
        {
            var total = new Forgotten(0, 0, 0, false);
            foreach (var face in faces.Distinct())
                total = total with { Faces = total.Faces + 1, Embeddings = total.Embeddings + ForgetFace(face, version) };
            foreach (var photo in photos.Distinct())
            {
                var (itsFaces, itsEmbeddings) = ForgetPhoto(photo, version);
                total = total with { Photos = total.Photos + 1, Faces = total.Faces + itsFaces, Embeddings = total.Embeddings + itsEmbeddings };
            }
            _erasure.NoteDue();
            return total;
        }, changed: total => total.Photos + total.Faces > 0);
        return forgotten with { Overwritten = _erasure.Finish() };
    }

    private (int Faces, int Embeddings) ForgetPhoto(PhotoId id, long version)
    {
        var sha256 = Database.Value("SELECT sha256 FROM photos WHERE id = $1", id.Value) as string
            ?? throw SqliteErrors.NotFound($"There is no photo {id}; nothing was forgotten.");
        Database.Run("INSERT INTO forgotten_photos (mark) VALUES ($1) ON CONFLICT DO NOTHING", MarkOf(sha256));
        Database.Run("DELETE FROM forgotten_faces WHERE mark = $1", MarkOf(sha256)); // said by the photo's own mark now
        var faces = FacesIn(id);
        var embeddings = faces.Sum(face => RemoveFace(face.Id, version)) + RemoveLooks(id.Value, version);
        Database.Run("DELETE FROM analysed WHERE photo = $1", id.Value);
        Database.Run("DELETE FROM files WHERE photo = $1", id.Value);
        Database.Run("DELETE FROM photos WHERE id = $1", id.Value);
        return (faces.Count, embeddings);
    }

    private int ForgetFace(FaceId id, long version)
    {
        var face = FaceIn(id) ?? throw SqliteErrors.NotFound($"There is no face {id}; nothing was forgotten.");
        var sha256 = (string)Database.Value("SELECT sha256 FROM photos WHERE id = $1", face.Photo.Value)!;
        Database.Run("INSERT INTO forgotten_faces (mark, box_left, box_top, box_width, box_height) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            MarkOf(sha256), face.Box.Left, face.Box.Top, face.Box.Width, face.Box.Height);
        var embeddings = RemoveFace(id, version);
        UpdateState(face.Photo.Value);
        return embeddings;
    }

    /// <returns>Embeddings removed.</returns>
    private int RemoveFace(FaceId face, long version)
    {
        Database.Run("INSERT INTO removed_embeddings (space, version, face) SELECT space, $2, face FROM embeddings WHERE face = $1", face.Value, version);
        var embeddings = Database.Run("DELETE FROM embeddings WHERE face = $1", face.Value);
        Database.Run("DELETE FROM faces WHERE id = $1", face.Value);
        return embeddings;
    }
}
