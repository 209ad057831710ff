using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Pipeline;

namespace Sosia.People;

/// <summary>Makes stored faces of those that somebody drew.</summary>
/// <param name="readers">What is stored.</param>
/// <param name="originals">The photos' files.</param>
/// <param name="decoder">Decodes them.</param>
/// <param name="pipeline">The networks.</param>
internal sealed class DrawnFaces(CatalogueReaders readers, Originals originals, IPhotoDecoder decoder, Func<FacePipeline> pipeline)
{
    /// <summary>Limits on files.</summary>
    public PhotoOptions Limits => originals.Limits;

    /// <summary>Makes a face.</summary>
    /// <param name="photo">A stored photo.</param>
    /// <param name="box">In pixels of the upright original.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="UnreadablePhotoException">The file is gone, or holds other bytes than were indexed.</exception>
    public NewFace Make(PhotoRow photo, Box box, CancellationToken cancellation) =>
        pipeline().ToStored(Open(photo, cancellation), box, cancellation);

    /// <summary>Stores what was drawn in stored photos and is not stored: after an import, an undo that was undone, or a crash.</summary>
    /// <param name="writer">Stores it.</param>
    /// <param name="cancellation">Cancels the work between photos.</param>
    /// <returns>A sentence for each photo of which the file is gone; the faces are stored when it is indexed again.</returns>
    public IReadOnlyList<string> StoreMissing(ICatalogueWriter writer, CancellationToken cancellation)
    {
        var missing = readers.Ask(reader =>
        {
            var drawn = reader.ReadDrawn().Where(face => face is { Photo: not null, Face: null }).ToLookup(face => face.Photo!.Value);
            var photos = reader.FindPhotos([.. drawn.Select(of => of.Key)]);
            return drawn.Where(of => photos.ContainsKey(of.Key)).Select(of => (Photo: photos[of.Key], Faces: of.ToArray())).ToArray();
        });
        if (missing.Length == 0)
            return [];
        var networks = pipeline();
        if (writer.FindSpace(networks.Space.Key) is not { } space)
            return [];
        var problems = new List<string>();
        foreach (var (photo, faces) in missing)
            try
            {
                cancellation.ThrowIfCancellationRequested();
                var source = Open(photo, cancellation);
                foreach (var face in faces)
                    writer.StoreDrawn(space.Id, photo.Sha256, networks.ToStored(source, face.Place.Box, cancellation));
            }
            catch (Exception refused) when (refused is UnreadablePhotoException or ModelException { Problem: ModelProblem.DoesNotFit })
            {
                problems.Add($"{(photo.Paths.Count > 0 ? photo.Paths[0] : $"Photo {photo.Id}")}: {refused.Message}");
            }
        return problems;
    }

    private PhotoSource Open(PhotoRow photo, CancellationToken cancellation) =>
        PhotoSource.Open(originals.Read(photo, cancellation), decoder, pipeline().SideFor, cancellation);
}
