using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Catalogue.Sqlite;

/// <summary>The rows of faces and of their embeddings, as a writer changes them. The caller has a transaction open.</summary>
internal sealed class FaceStorage(Database database)
{
    /// <summary>Stores a face, without its embedding.</summary>
    public FaceId Insert(NewFace face, long photo) =>
        new(
            (long)
                database.Value(
                    """
                    INSERT INTO faces (photo, box_left, box_top, box_width, box_height, confidence,
                        left_eye_x, left_eye_y, right_eye_x, right_eye_y, nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x,
                        right_mouth_y,
                        size, sharpness, yaw, score, drawn)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) RETURNING id
                    """,
                    [photo, .. Measures(face)]
                )!
        );

    /// <summary>Another detection of a stored face takes the place of the one that is there.</summary>
    public void Update(FaceId id, NewFace face) =>
        database.Run(
            """
            UPDATE faces SET box_left = $2, box_top = $3, box_width = $4, box_height = $5, confidence = $6,
                left_eye_x = $7, left_eye_y = $8, right_eye_x = $9, right_eye_y = $10, nose_x = $11, nose_y = $12,
                left_mouth_x = $13, left_mouth_y = $14, right_mouth_x = $15, right_mouth_y = $16,
                size = $17, sharpness = $18, yaw = $19, score = $20, drawn = $21
            WHERE id = $1
            """,
            [id.Value, .. Measures(face)]
        );

    /// <summary>
    /// Gives a face its embedding in a space, in the place of one that it may have there. The same embedding stays as it is: then no index
    /// need learn of it.
    /// </summary>
    /// <param name="face">A stored face.</param>
    /// <param name="embedding">Null for none.</param>
    /// <param name="space">Of faces.</param>
    /// <param name="version">The version that the change makes.</param>
    public void SetEmbedding(FaceId face, float[]? embedding, SpaceId space, long version)
    {
        var bytes = embedding is null ? null : FloatRows.ToBytes(embedding);
        var before = (byte[]?)database.Value("SELECT row FROM embeddings WHERE face = $1 AND space = $2", face.Value, space.Value);
        if (before is not null && bytes is not null && before.AsSpan().SequenceEqual(bytes))
            return;
        if (before is not null)
            RemoveEmbedding(face, space, version);
        if (bytes is not null)
            InsertEmbedding(face, bytes, space, version);
    }

    private void InsertEmbedding(FaceId face, byte[] bytes, SpaceId space, long version) =>
        database.Run(
            "INSERT INTO embeddings (space, face, checksum, row, added) VALUES ($1, $2, $3, $4, $5)",
            space.Value,
            face.Value,
            (long)FloatRows.Checksum(face.Value, bytes),
            bytes,
            version
        );

    private void RemoveEmbedding(FaceId face, SpaceId space, long version)
    {
        database.Run("INSERT INTO removed_embeddings (space, version, face) VALUES ($1, $2, $3)", space.Value, version, face.Value);
        database.Run("DELETE FROM embeddings WHERE face = $1 AND space = $2", face.Value, space.Value);
    }

    private static object?[] Measures(NewFace face)
    {
        var (box, points, quality) = (face.Box, face.Landmarks, face.Quality);
        return
        [
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
            quality.Score,
            face.IsDrawn,
        ];
    }
}
