using System.Diagnostics;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Catalogue.Sql;

/// <summary>Stores what became of files.</summary>
internal abstract partial class SqlWriter
{
    private readonly FaceStorage _faces = new(database);
    private readonly DetailStorage _details = new(database);

    public void Commit(IndexedSpaces spaces, IReadOnlyList<FileOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(spaces);
        ArgumentNullException.ThrowIfNull(outcomes);
        Write(
            () =>
            {
                var faces = DimensionsOf(spaces.Faces, SpaceKind.Faces);
                int? look = spaces.Look is { } photos ? DimensionsOf(photos, SpaceKind.Photos) : null;
                foreach (var outcome in outcomes)
                    OutcomeRules.Check(outcome, faces, look);

                var stored = Database.Claim(spaces, outcomes);
                FileOutcome[] rest = [.. outcomes.Where(outcome => !stored.Contains(outcome))];
                // Photos first: a file may be a copy of a photo that comes later in the list.
                foreach (var read in rest.OfType<PhotoRead>())
                    Store(read, spaces);
                foreach (var read in rest.OfType<DetailsRead>())
                    Store(read, spaces);
                var left = new HashSet<long>();
                foreach (var outcome in rest)
                    if (UpdateFile(outcome) is { } before)
                        left.Add(before);
                RemoveWhereNoFileIsLeft(left);
                return outcomes.Count;
            },
            changed: files => files > 0
        );
    }

    /// <summary>Stores what a photo lacks. What is done stays as it is: its ids are known to others.</summary>
    private void Store(PhotoRead read, IndexedSpaces spaces)
    {
        var sha256 = read.Photo.Sha256;
        var left = ProgressIn(sha256, spaces).WorkLeft(spaces);
        if (left.HasFlag(PhotoWork.Faces))
            StoreFaces(read.Photo, spaces.Faces);
        if (left.HasFlag(PhotoWork.Look) && read.Look is { } row)
            StoreLook(row, IdOf(sha256, read.File), spaces.Look!.Value);
        if (left.HasFlag(PhotoWork.Facts) && read.Photo.Facts is { } facts)
            _details.StoreFacts(facts, spaces.Places, IdOf(sha256, read.File));
        if (left.HasFlag(PhotoWork.Descriptor) && read.Photo.Descriptor is { } descriptor)
            _details.StoreDescriptor(descriptor, spaces.DescriptorVersion, IdOf(sha256, read.File));
    }

    private void Store(DetailsRead read, IndexedSpaces spaces)
    {
        var left = ProgressIn(read.Sha256, spaces).WorkLeft(spaces);
        if (left.HasFlag(PhotoWork.Look) && read.Look is { } row)
            StoreLook(row, IdOf(read.Sha256, read.File), spaces.Look!.Value);
        if (left.HasFlag(PhotoWork.Facts) && read.Facts is { } facts)
            _details.StoreFacts(facts, spaces.Places, IdOf(read.Sha256, read.File));
        if (left.HasFlag(PhotoWork.Descriptor) && read.Descriptor is { } descriptor)
            _details.StoreDescriptor(descriptor, spaces.DescriptorVersion, IdOf(read.Sha256, read.File));
    }

    private void StoreFaces(NewPhoto photo, SpaceId space)
    {
        var id = FindId(photo.Sha256) ?? Database.InsertPhoto(photo);
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
            _faces.SetEmbedding(same?.Id ?? _faces.Insert(face, id), id, face.Embedding, space);
        }
        if (isAgain)
            foreach (var gone in known.Where(face => !face.IsDrawn)) // what was drawn while the photo was read again stays
                RemoveFromSpace(gone.Id, id, space);
        UpdateState(id);
    }

    /// <returns>Whether it was stored.</returns>
    private bool StoreDrawn(NewFace face, string sha256, SpaceId space)
    {
        Database.TakeTurn();
        if (FindId(sha256) is not { } photo)
            return false;
        Database.Claim([new PhotoId(photo)]);
        if (
            !Verdicts.DrawnIn(sha256).Exists(box => SameFace.Is(box, face.Box, face.Landmarks))
            || FacesIn(new(photo)).Exists(stored => SameFace.Is(face.Box, stored.Box, stored.Landmarks))
            || Database.Value("SELECT 1 FROM analysed WHERE photo = $1 AND space = $2", photo, space.Value) is null
        )
            return false;
        _faces.SetEmbedding(_faces.Insert(face, photo), photo, face.Embedding, space);
        UpdateState(photo);
        return true;
    }

    /// <summary>Says something, and removes the faces of which it says that nobody drew them.</summary>
    private JournalEntry Said(Func<JournalEntry> say)
    {
        Database.TakeTurn();
        var change = say();
        foreach (var (sha256, box) in Verdicts.NotDrawnBy(change))
            if (FindId(sha256) is { } photo)
            {
                Database.Claim([new(photo)]);
                foreach (var face in FacesIn(new(photo)).Where(face => face.IsDrawn && SameFace.Is(box, face.Box, face.Landmarks)))
                    RemoveFace(face.Id, photo);
                UpdateState(photo);
            }
        return change;
    }

    /// <summary>Notes that a photo was analysed in a space, and how its faces were found.</summary>
    /// <returns>Whether it was analysed there before.</returns>
    private bool NoteAnalysed(long photo, SpaceId space, Provenance? foundBy)
    {
        long? provenance = foundBy is null ? null : Provenances.IdOf(Database, foundBy);
        if (Database.Run("UPDATE analysed SET provenance = $3 WHERE photo = $1 AND space = $2", photo, space.Value, provenance) > 0)
            return true;
        Database.Run(
            $"INSERT INTO analysed (photo, space, provenance{Database.KeptBy}) VALUES ($1, $2, $3{Database.KeptAt("$1")})",
            photo,
            space.Value,
            provenance
        );
        return false;
    }

    /// <summary>A face that was not found any more; it stays while it has an embedding in another space.</summary>
    private void RemoveFromSpace(FaceId face, long photo, SpaceId space)
    {
        _faces.SetEmbedding(face, photo, null, space);
        if (Database.Value("SELECT 1 FROM embeddings WHERE face = $1 LIMIT 1", face.Value) is null)
            RemoveFace(face, photo);
    }

    protected void UpdateState(long photo) =>
        Database.Run(
            $"""
            UPDATE photos SET state = CASE
                WHEN EXISTS (SELECT 1 FROM faces f JOIN embeddings e ON e.face = f.id{Database.KeptWith("e", "f")}
                             WHERE f.photo = $1{Database.KeptFor("f", "$1")}) THEN 'Searchable'
                WHEN EXISTS (SELECT 1 FROM faces f WHERE f.photo = $1{Database.KeptFor("f", "$1")}) THEN 'TooPoor'
                ELSE 'NoFace' END
            WHERE id = $1{Database.KeptFor("photos", "$1")}
            """,
            photo
        );

    /// <summary>Stores the row of a photo; an empty row only says that the photo was analysed.</summary>
    private void StoreLook(float[] row, long photo, SpaceId space)
    {
        Database.Run($"INSERT INTO analysed (photo, space{Database.KeptBy}) VALUES ($1, $2{Database.KeptAt("$1")})", photo, space.Value);
        if (row.Length > 0)
            Database.Rows(SpaceKind.Photos).Insert(photo, photo, space, row);
    }

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

    private long? FindId(string sha256) =>
        Database.Value($"SELECT p.id FROM photos p WHERE {Database.IsPhoto("p", "$1")}", sha256) as long?;

    /// <exception cref="CatalogueException">No such photo is stored.</exception>
    private long IdOf(string sha256, FileStamp file) =>
        FindId(sha256)
        ?? throw CatalogueException.NotFound(
            $"No photo {sha256} is stored, of which {file.Path} is said to be a copy: read the file itself."
        );
}
