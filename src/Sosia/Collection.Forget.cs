using Sosia.Catalogue;
using Sosia.Search.Local;

namespace Sosia;

/// <summary>What was forgotten, for whoever asked for it.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Removed">What the catalogue held.</param>
/// <param name="Files">Cached pictures deleted.</param>
public sealed record ForgetReceipt(DateTimeOffset At, Forgotten Removed, int Files);

public sealed partial class Collection
{
    /// <summary>
    /// Forgets photos, and single faces, with all that was made of them: rows, embeddings, pictures. The index files are deleted, and made
    /// again by the next search. The originals are not touched; indexing their folder again does not bring them back.
    /// </summary>
    /// <exception cref="CatalogueException">No such photo or face, or another process is writing; nothing is forgotten.</exception>
    public ForgetReceipt Forget(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces)
    {
        using var writer = _store.OpenWriter();
        using var noIndex = HoldIndexes();
        var gone = photos.SelectMany(writer.FacesOf).Select(face => face.Id).Concat(faces).Select(face => face.Value).Distinct().ToArray();
        // The pictures of a photo show its faces: they go with a face too.
        var shown = photos
            .Concat(faces.Select(writer.FindFace).OfType<FaceRow>().Select(face => face.Photo))
            .Distinct()
            .Select(writer.FindPhoto)
            .OfType<PhotoRow>()
            .Select(photo => photo.Sha256)
            .ToArray();

        SpaceFile.DeleteAll(Directory);
        var files = Pictures.Delete(shown, gone); // before, so that a crash leaves a row without pictures and not the other way round
        CloseReaders();
        var removed = writer.Forget(photos, faces);
        files += Pictures.Delete(shown, gone); // and after, for who was just making one
        foreach (var space in _spaces.Values)
            space.Drop();
        return new ForgetReceipt(_options.Clock.GetUtcNow(), removed, files);
    }
}
