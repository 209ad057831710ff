using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Sosia.Catalogue;
using Sosia.Catalogue.Sql;
using Sosia.Photos.Facts;

namespace Sosia.Postgres.Catalogue;

/// <summary>What a photo that is new has: its faces, rows and details, stored for many photos at once by COPY.</summary>
internal sealed partial class PostgresDatabase
{
    /// <summary>Stores faces and rows of new photos.</summary>
    private void StoreNew(List<(long Id, PhotoRead Read)> photos, IndexedSpaces spaces)
    {
        if (photos.Count == 0)
            return;
        var provenances = photos
            .Select(photo => photo.Read.Photo.FoundBy)
            .OfType<Faces.Provenance>()
            .DistinctBy(provenance => provenance.Key)
            .ToDictionary(provenance => provenance.Key, provenance => Provenances.IdOf(this, provenance));
        Copy("analysed (bucket, photo, space, provenance)", copy =>
        {
            foreach (var (id, read) in photos)
            {
                Row(spaces.Faces, read.Photo.FoundBy is { } foundBy ? provenances[foundBy.Key] : null);
                if (read.Look is not null)
                    Row(spaces.Look!.Value, null);

                void Row(SpaceId space, long? provenance)
                {
                    StartRowOf(copy, id);
                    copy.Write(space.Value, NpgsqlDbType.Integer);
                    WriteOrNull(copy, provenance, NpgsqlDbType.Bigint);
                }
            }
        });
        var faces = NumberFaces(photos);
        CopyFaces(faces);
        CopyRows($"embeddings_{spaces.Faces} (space, bucket, face, photo, row)", spaces.Faces, faces);
        if (spaces.Look is { } look)
            CopyLooks(photos, look);
        CopyDetails(photos, spaces);
    }

    private void CopyDetails(List<(long Id, PhotoRead Read)> photos, IndexedSpaces spaces)
    {
        Copy(
            "photo_facts (bucket, photo, version, places, taken, taken_offset, taken_from, camera, latitude, longitude, caption, credit, "
                + "problem)",
            copy =>
            {
                foreach (var (id, read) in photos)
                {
                    if (read.Photo.Facts is not { } facts)
                        continue;
                    StartRowOf(copy, id);
                    copy.Write((long)PhotoFacts.Version, NpgsqlDbType.Bigint);
                    copy.Write(spaces.Places ? 1L : 0, NpgsqlDbType.Bigint);
                    WriteOrNull(copy, facts.Taken?.Clock.Ticks, NpgsqlDbType.Bigint);
                    WriteOrNull(copy, DetailStorage.Minutes(facts.Taken), NpgsqlDbType.Bigint);
                    WriteOrNull(copy, facts.Taken?.From.ToString(), NpgsqlDbType.Text);
                    WriteOrNull(copy, facts.Camera, NpgsqlDbType.Text);
                    WriteOrNull(copy, facts.Place?.Latitude, NpgsqlDbType.Double);
                    WriteOrNull(copy, facts.Place?.Longitude, NpgsqlDbType.Double);
                    WriteOrNull(copy, facts.Caption, NpgsqlDbType.Text);
                    WriteOrNull(copy, facts.Credit, NpgsqlDbType.Text);
                    WriteOrNull(copy, facts.Problem, NpgsqlDbType.Text);
                }
            }
        );
        Copy("photo_descriptors (bucket, photo, version, bits)", copy =>
        {
            foreach (var (id, read) in photos)
            {
                if (read.Photo.Descriptor is not { } descriptor)
                    continue;
                StartRowOf(copy, id);
                copy.Write((long)spaces.DescriptorVersion, NpgsqlDbType.Bigint);
                copy.Write(descriptor, NpgsqlDbType.Bytea);
            }
        });
    }

    /// <summary>Begins a row with the photo's bucket and number.</summary>
    private static void StartRowOf(NpgsqlBinaryImporter copy, long photo)
    {
        copy.StartRow();
        copy.Write(Bucket.Of(photo), NpgsqlDbType.Smallint);
        copy.Write(photo, NpgsqlDbType.Bigint);
    }

    private static void WriteOrNull(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type)
    {
        if (value is null)
            copy.WriteNull();
        else
            copy.Write(StorableText.Of(value)!, type);
    }

    private List<(long Id, long Photo, NewFace Face)> NumberFaces(List<(long Id, PhotoRead Read)> photos)
    {
        var numbers = Numbers("face_numbers", photos.Sum(photo => photo.Read.Photo.Faces.Count));
        return
        [
            .. from photo in photos
            from face in photo.Read.Photo.Faces
            select (numbers.Dequeue() << Bucket.Bits | (long)Bucket.Of(photo.Id), photo.Id, face),
        ];
    }

    /// <summary>Takes numbers out of a sequence, which hands out none twice.</summary>
    private Queue<long> Numbers(string sequence, int count)
    {
        var numbers = new Queue<long>(count);
        using var rows = Query($"SELECT nextval('{sequence}') FROM generate_series(1, $1)", count);
        while (rows.Read())
            numbers.Enqueue(rows.GetInt64(0));
        return numbers;
    }

    private static long Numbered(long number, byte[] mark) => number << Bucket.Bits | (long)Bucket.Of(mark);

    private void CopyFaces(List<(long Id, long Photo, NewFace Face)> faces) =>
        Copy(
            """
            faces (bucket, id, photo, box_left, box_top, box_width, box_height, confidence,
                left_eye_x, left_eye_y, right_eye_x, right_eye_y, nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x, right_mouth_y,
                size, sharpness, yaw, score, drawn)
            """,
            copy =>
            {
                foreach (var (id, photo, face) in faces)
                {
                    copy.StartRow();
                    copy.Write(Bucket.Of(photo), NpgsqlDbType.Smallint);
                    copy.Write(id, NpgsqlDbType.Bigint);
                    copy.Write(photo, NpgsqlDbType.Bigint);
                    foreach (var measure in FaceStorage.Measures(face))
                        copy.Write(measure, measure is bool ? NpgsqlDbType.Boolean : NpgsqlDbType.Real);
                }
            }
        );

    private void CopyRows(string into, SpaceId space, List<(long Id, long Photo, NewFace Face)> faces) => Copy(into, copy =>
        {
            foreach (var (id, photo, face) in faces)
            {
                if (face.Embedding is not { } row)
                    continue;
                copy.StartRow();
                copy.Write(space.Value, NpgsqlDbType.Integer);
                copy.Write(Bucket.Of(photo), NpgsqlDbType.Smallint);
                copy.Write(id, NpgsqlDbType.Bigint);
                copy.Write(photo, NpgsqlDbType.Bigint);
                copy.Write(new Vector(row));
                Changes.NoteAdded(space, photo, id);
            }
        });

    private void CopyLooks(List<(long Id, PhotoRead Read)> photos, SpaceId space) =>
        Copy($"photo_embeddings_{space} (space, bucket, photo, row)", copy =>
        {
            foreach (var (id, read) in photos)
            {
                if (read.Look is not { Length: > 0 } row)
                    continue;
                copy.StartRow();
                copy.Write(space.Value, NpgsqlDbType.Integer);
                copy.Write(Bucket.Of(id), NpgsqlDbType.Smallint);
                copy.Write(id, NpgsqlDbType.Bigint);
                copy.Write(new Vector(row));
                Changes.NoteAdded(space, id, id);
            }
        });

    private void Copy(string into, Action<NpgsqlBinaryImporter> write)
    {
        using var copy = _connection!.BeginBinaryImport($"COPY {into} FROM STDIN (FORMAT BINARY)");
        write(copy);
        copy.Complete();
    }
}
