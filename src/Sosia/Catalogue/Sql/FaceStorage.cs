using Sosia.Catalogue.Sql.Engine;

namespace Sosia.Catalogue.Sql;

/// <summary>The rows of faces and of their embeddings, as a writer changes them. The caller has a transaction open.</summary>
internal sealed class FaceStorage(SqlDatabase database)
{
    /// <summary>Stores a face, without its embedding.</summary>
    public FaceId Insert(NewFace face, long photo) =>
        new(
            (long)
                database.Value(
                    $"""
                    INSERT INTO faces (photo, box_left, box_top, box_width, box_height, confidence,
                        left_eye_x, left_eye_y, right_eye_x, right_eye_y, nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x,
                        right_mouth_y,
                        size, sharpness, yaw, score, drawn{database.FaceNumberedBy})
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21
                        {database.FaceNumber("$1")})
                    RETURNING id
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
    /// <param name="photo">Its photo.</param>
    /// <param name="embedding">Null for none.</param>
    /// <param name="space">Of faces.</param>
    public void SetEmbedding(FaceId face, long photo, float[]? embedding, SpaceId space)
    {
        var rows = database.Rows(SpaceKind.Faces);
        var has = rows.Has(face.Value, space, embedding ?? []);
        if (has == true)
            return;
        if (has == false)
            rows.Remove(face.Value, photo, space);
        if (embedding is not null)
            rows.Insert(face.Value, photo, space, embedding);
    }

    /// <summary>The measures of a face, in the order of their columns.</summary>
    public static object?[] Measures(NewFace face)
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
