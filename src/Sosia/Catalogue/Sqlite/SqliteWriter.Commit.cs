using System.Diagnostics;
using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Stores what became of files.</summary>
internal sealed partial class SqliteWriter
{
    private readonly FaceStorage _faces = new(database);
    private readonly DetailStorage _details = new(database);

    public void Commit(IndexedSpaces spaces, IReadOnlyList<FileOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(spaces);
        ArgumentNullException.ThrowIfNull(outcomes);
        Write(
            version =>
            {
                var faces = DimensionsOf(spaces.Faces, SpaceKind.Faces);
                int? look = spaces.Look is { } photos ? DimensionsOf(photos, SpaceKind.Photos) : null;
                foreach (var outcome in outcomes)
                    OutcomeRules.Check(outcome, faces, look);

                // Photos first: a file may be a copy of a photo that comes later in the list.
                foreach (var read in outcomes.OfType<PhotoRead>())
                    Store(read, spaces, version);
                foreach (var read in outcomes.OfType<DetailsRead>())
                    Store(read, spaces, version);
                var left = new HashSet<long>();
                foreach (var outcome in outcomes)
                    if (UpdateFile(outcome) is { } before)
                        left.Add(before);
                RemoveWhereNoFileIsLeft(left, version);
                return outcomes.Count;
            },
            changed: files => files > 0
        );
    }

    /// <summary>Stores what a photo lacks. What is done stays as it is: its ids are known to others.</summary>
    private void Store(PhotoRead read, IndexedSpaces spaces, long version)
    {
        var sha256 = read.Photo.Sha256;
        var left = ProgressIn(sha256, spaces).WorkLeft(spaces);
        if (left.HasFlag(PhotoWork.Faces))
            StoreFaces(read.Photo, spaces.Faces, version);
        if (left.HasFlag(PhotoWork.Look) && read.Look is { } row)
            StoreLook(row, IdOf(sha256, read.File), spaces.Look!.Value, version);
        if (left.HasFlag(PhotoWork.Facts) && read.Photo.Facts is { } facts)
            _details.StoreFacts(facts, spaces.Places, IdOf(sha256, read.File));
        if (left.HasFlag(PhotoWork.Descriptor) && read.Photo.Descriptor is { } descriptor)
            _details.StoreDescriptor(descriptor, spaces.DescriptorVersion, IdOf(sha256, read.File));
    }

    private void Store(DetailsRead read, IndexedSpaces spaces, long version)
    {
        var left = ProgressIn(read.Sha256, spaces).WorkLeft(spaces);
        if (left.HasFlag(PhotoWork.Look) && read.Look is { } row)
            StoreLook(row, IdOf(read.Sha256, read.File), spaces.Look!.Value, version);
        if (left.HasFlag(PhotoWork.Facts) && read.Facts is { } facts)
            _details.StoreFacts(facts, spaces.Places, IdOf(read.Sha256, read.File));
        if (left.HasFlag(PhotoWork.Descriptor) && read.Descriptor is { } descriptor)
            _details.StoreDescriptor(descriptor, spaces.DescriptorVersion, IdOf(read.Sha256, read.File));
    }

    private void StoreFaces(NewPhoto photo, SpaceId space, long version)
    {
        var id = FindId(photo.Sha256) ?? Insert(photo);
        var isAgain = NoteAnalysed(id, space, photo.FoundBy);
        var known = FacesIn(new(id));
        var forgotten = ForgottenFacesOf(photo.Sha256);
        foreach (var face in photo.Faces)
        {
            if (forgotten.Exists(box => SameFace.Is(box, face.Box, face.Landmarks)))
                continue;
            // The same face, for a second model or found again: it keeps its id.
            var same = known
                .Where(stored => SameFace.Is(stored.Box, face.Box, face.Landmarks))
                .MaxBy(stored => stored.Box.Overlap(face.Box));
            if (same is not null)
                known.Remove(same);
            if (same is not null && isAgain)
                _faces.Update(same.Id, face);
            _faces.SetEmbedding(same?.Id ?? _faces.Insert(face, id), face.Embedding, space, version);
        }
        if (isAgain)
            foreach (var gone in known.Where(face => !face.IsDrawn)) // what was drawn while the photo was read again stays
                RemoveFromSpace(gone.Id, space, version);
        UpdateState(id);
    }

    /// <returns>Whether it was stored.</returns>
    private bool StoreDrawn(NewFace face, string sha256, SpaceId space, long version)
    {
        if (
            FindId(sha256) is not { } photo
            || !Verdicts.DrawnIn(sha256).Exists(box => SameFace.Is(box, face.Box, face.Landmarks))
            || FacesIn(new(photo)).Exists(stored => SameFace.Is(face.Box, stored.Box, stored.Landmarks))
            || Database.Value("SELECT 1 FROM analysed WHERE photo = $1 AND space = $2", photo, space.Value) is null
        )
            return false;
        _faces.SetEmbedding(_faces.Insert(face, photo), face.Embedding, space, version);
        UpdateState(photo);
        return true;
    }

    /// <summary>Removes the faces of which a change says that nobody drew them.</summary>
    private JournalEntry WithoutUndrawn(JournalEntry change, long version)
    {
        foreach (var (sha256, box) in Verdicts.NotDrawnBy(change))
            if (FindId(sha256) is { } photo)
            {
                foreach (var face in FacesIn(new(photo)).Where(face => face.IsDrawn && SameFace.Is(box, face.Box, face.Landmarks)))
                    RemoveFace(face.Id, version);
                UpdateState(photo);
            }
        return change;
    }

    /// <summary>Notes that a photo was analysed in a space, and how its faces were found.</summary>
    /// <returns>Whether it was analysed there before.</returns>
    private bool NoteAnalysed(long photo, SpaceId space, Provenance? foundBy)
    {
        long? provenance = foundBy is null ? null : IdOf(foundBy);
        if (Database.Run("UPDATE analysed SET provenance = $3 WHERE photo = $1 AND space = $2", photo, space.Value, provenance) > 0)
            return true;
        Database.Run("INSERT INTO analysed (photo, space, provenance) VALUES ($1, $2, $3)", photo, space.Value, provenance);
        return false;
    }

    /// <summary>A face that was not found any more; it stays while it has an embedding in another space.</summary>
    private void RemoveFromSpace(FaceId face, SpaceId space, long version)
    {
        _faces.SetEmbedding(face, null, space, version);
        if (Database.Value("SELECT 1 FROM embeddings WHERE face = $1 LIMIT 1", face.Value) is null)
            RemoveFace(face, version);
    }

    private long IdOf(Provenance provenance) =>
        (long)
            (
                Database.Value("SELECT id FROM provenances WHERE key = $1", provenance.Key)
                ?? Database.Value(
                    "INSERT INTO provenances (key, description) VALUES ($1, $2) RETURNING id",
                    provenance.Key,
                    provenance.Description
                )
            )!;

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

    private long Insert(NewPhoto photo) =>
        (long)
            Database.Value(
                "INSERT INTO photos (sha256, width, height, state) VALUES ($1, $2, $3, $4) RETURNING id",
                photo.Sha256,
                photo.Width,
                photo.Height,
                nameof(PhotoState.NoFace)
            )!;

    /// <summary>Notes what a file holds now.</summary>
    /// <returns>The photo that it held before, when it holds another one now, or none; else null.</returns>
    private long? UpdateFile(FileOutcome outcome)
    {
        var file = outcome.File;
        var before = Database.Value("SELECT photo FROM files WHERE path = $1", file.Path) as long?;
        if (outcome is PhotoUnreadable unreadable)
        {
            Note(file, before, unreadable.Failure); // a photo that was read once stays until the file is read again
            _details.StoreSidecar(outcome);
            return null;
        }
        var sha256 = HashOf(outcome);
        if (IsMarked(sha256))
        {
            Database.Run("DELETE FROM files WHERE path = $1", file.Path); // of a forgotten photo no path stays either
            return before;
        }
        var now = IdOf(sha256, file);
        Note(file, now, failure: null);
        _details.StoreSidecar(outcome);
        return before == now ? null : before;
    }

    private static string HashOf(FileOutcome outcome) =>
        outcome switch
        {
            PhotoRead read => read.Photo.Sha256,
            DetailsRead read => read.Sha256,
            PhotoKnown known => known.Sha256,
            PhotoForgotten forgotten => forgotten.Sha256,
            _ => throw new UnreachableException(),
        };

    private void Note(FileStamp file, long? photo, Failure? failure) =>
        Database.Run(
            """
            INSERT INTO files (path, bytes, modified, photo, reason, message, waiting) VALUES ($1, $2, $3, $4, $5, $6, 0)
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, photo = excluded.photo,
                reason = excluded.reason, message = excluded.message, waiting = 0
            """,
            file.Path,
            file.Bytes,
            Ticks(file),
            photo,
            failure?.Reason.ToString(),
            failure?.Message
        );

    private long? FindId(string sha256) => Database.Value("SELECT id FROM photos WHERE sha256 = $1", sha256) as long?;

    /// <exception cref="CatalogueException">No such photo is stored.</exception>
    private long IdOf(string sha256, FileStamp file) =>
        FindId(sha256)
        ?? throw SqliteErrors.NotFound($"No photo {sha256} is stored, of which {file.Path} is said to be a copy: read the file itself.");
}
