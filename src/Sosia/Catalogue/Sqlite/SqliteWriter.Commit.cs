using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Stores what became of files.</summary>
internal sealed partial class SqliteWriter
{
    public void Commit(SpaceId space, IReadOnlyList<FileOutcome> outcomes, SpaceId? look = null)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        Database.Write(
            version =>
            {
                var dimensions = DimensionsOf(space, SpaceKind.Faces);
                int? lookDimensions = look is { } photos ? DimensionsOf(photos, SpaceKind.Photos) : null;
                foreach (var outcome in outcomes)
                    OutcomeRules.Check(outcome, dimensions, lookDimensions);

                // Photos first: a file may be a copy of one that comes later in the list.
                foreach (var outcome in outcomes)
                    if (outcome.Photo is { } photo)
                        Store(photo, space, version);
                var left = new HashSet<long>();
                foreach (var outcome in outcomes)
                {
                    if (Settle(outcome) is { } before)
                        left.Add(before);
                    if (outcome.Look is { } row)
                        StoreLook(row, (outcome.Photo?.Sha256 ?? outcome.KnownSha256)!, look!.Value, version);
                }
                RemoveUnlessSomewhere(left, version);
                return outcomes.Count;
            },
            changed: files => files > 0
        );
    }

    // What was analysed in this space stays as it is: the same photo may be in flight twice, and its ids are known to others.
    private void Store(NewPhoto photo, SpaceId space, long version)
    {
        if (IsMarked(photo.Sha256))
            return;
        var id =
            Database.Value("SELECT id FROM photos WHERE sha256 = $1", photo.Sha256) as long?
            ?? (long)
                Database.Value(
                    "INSERT INTO photos (sha256, width, height, state) VALUES ($1, $2, $3, $4) RETURNING id",
                    photo.Sha256,
                    photo.Width,
                    photo.Height,
                    nameof(PhotoState.NoFace)
                )!;
        if (Database.Run("INSERT INTO analysed (photo, space) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, space.Value) == 0)
            return;

        var known = FacesIn(new(id));
        var forgotten = ForgottenFacesOf(photo.Sha256);
        foreach (var face in photo.Faces)
        {
            if (forgotten.Exists(box => SameFace.Is(box, face.Box, face.Landmarks)))
                continue;
            // The same face for a second model: its embedding goes to the face that is there.
            var same = known
                .Where(stored => SameFace.Is(stored.Box, face.Box, face.Landmarks))
                .MaxBy(stored => stored.Box.Overlap(face.Box));
            if (same is not null)
                known.Remove(same);
            var faceId = same?.Id ?? Insert(face, id);
            if (face.Embedding is { } embedding)
                Insert(embedding, faceId, space, version);
        }
        UpdateState(id);
    }

    private void UpdateState(long photo) =>
        Database.Run(
            """
            UPDATE photos SET state = CASE
                WHEN EXISTS (SELECT 1 FROM faces f JOIN embeddings e ON e.face = f.id WHERE f.photo = $1) THEN 'Searchable'
                WHEN EXISTS (SELECT 1 FROM faces f WHERE f.photo = $1) THEN 'TooPoor'
                ELSE 'NoFace' END
            WHERE id = $1
            """,
            photo
        );

    private FaceId Insert(NewFace face, long photo)
    {
        var (box, points, quality) = (face.Box, face.Landmarks, face.Quality);
        return new(
            (long)
                Database.Value(
                    """
                    INSERT INTO faces (photo, box_left, box_top, box_width, box_height, confidence,
                        left_eye_x, left_eye_y, right_eye_x, right_eye_y, nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x, right_mouth_y,
                        size, sharpness, yaw, score)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) RETURNING id
                    """,
                    photo,
                    box.Left,
                    box.Top,
                    box.Width,
                    box.Height,
                    face.Confidence,
                    points.LeftEye.X,
                    points.LeftEye.Y,
                    points.RightEye.X,
                    points.RightEye.Y,
                    points.Nose.X,
                    points.Nose.Y,
                    points.LeftMouth.X,
                    points.LeftMouth.Y,
                    points.RightMouth.X,
                    points.RightMouth.Y,
                    quality.Size,
                    quality.Sharpness,
                    quality.Yaw,
                    quality.Score
                )!
        );
    }

    private void Insert(float[] embedding, FaceId face, SpaceId space, long version)
    {
        var bytes = FloatRows.ToBytes(embedding);
        Database.Run(
            "INSERT INTO embeddings (space, face, checksum, row, added) VALUES ($1, $2, $3, $4, $5)",
            space.Value,
            face.Value,
            (long)FloatRows.Checksum(face.Value, bytes),
            bytes,
            version
        );
    }

    // Writes down what the file is now; returns the photo that lay there before, if it is another. The path of a forgotten photo is
    // forgotten too.
    private long? Settle(FileOutcome outcome)
    {
        var file = outcome.File;
        var before = Database.Value("SELECT photo FROM files WHERE path = $1", file.Path) as long?;
        if ((outcome.Photo?.Sha256 ?? outcome.KnownSha256) is { } hash && IsMarked(hash))
        {
            Database.Run("DELETE FROM files WHERE path = $1", file.Path);
            return before;
        }
        var now = outcome.Failure is null ? null : before; // what was read once stays until the file is read again
        if ((outcome.Photo?.Sha256 ?? outcome.KnownSha256) is { } sha256)
            now =
                Database.Value("SELECT id FROM photos WHERE sha256 = $1", sha256) as long?
                ?? throw SqliteErrors.NotFound(
                    $"No photo {sha256} is stored, of which {file.Path} is said to be a copy: read the file itself."
                );
        Database.Run(
            """
            INSERT INTO files (path, bytes, modified, photo, reason, message, waiting) VALUES ($1, $2, $3, $4, $5, $6, 0)
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, photo = excluded.photo,
                reason = excluded.reason, message = excluded.message, waiting = 0
            """,
            file.Path,
            file.Bytes,
            Ticks(file),
            now,
            outcome.Failure?.Reason.ToString(),
            outcome.Failure?.Message
        );
        return before == now ? null : before;
    }
}
