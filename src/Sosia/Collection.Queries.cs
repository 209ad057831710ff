using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Local;

namespace Sosia;

/// <summary>A photo of the collection as something to search with.</summary>
/// <param name="Query">The photo; its faces carry their embeddings, and no crops (<see cref="AlignedFace.Size"/> 0), for these are not
/// stored.</param>
/// <param name="Photo">The photo as stored.</param>
/// <param name="Faces">Its faces as stored, in the order of the query's.</param>
public sealed record StoredQuery(QueryPhoto Query, PhotoRow Photo, IReadOnlyList<FaceRow> Faces);

public sealed partial class Collection
{
    private static readonly AlignedFace NoCrop = new(0, []);

    /// <summary>Loads the networks now, which the first search would else wait for.</summary>
    /// <exception cref="Models.ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public void Warm() => _ = Pipeline;

    /// <summary>The threshold between "found" and "nobody"; null where the model is not calibrated.</summary>
    public float? Threshold => _calibration.Value is null ? null : DecidingThreshold(ScoringRule.Plain, 1);

    /// <summary>Makes a photo to search with of bytes that lie in no file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What it is called in answers.</param>
    /// <param name="face">As for the other <see cref="ReadQuery(string, int?, CancellationToken)"/>.</param>
    /// <param name="cancellation">Given up between stages.</param>
    /// <exception cref="UnreadablePhotoException">The bytes give no photo.</exception>
    /// <exception cref="QueryException">There is no face of that number.</exception>
    public QueryPhoto ReadQuery(byte[] bytes, string name, int? face = null, CancellationToken cancellation = default) =>
        ToQuery(ToFile(bytes, name), name, SearchBy.Person, face, cancellation);

    /// <summary>Adds a face that the detector did not find, where somebody drew a box; it becomes the wanted one.</summary>
    /// <param name="query">The photo.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="box">In pixels of the upright original; what lies beyond the photo's edge is cut off.</param>
    /// <param name="cancellation">Given up between stages.</param>
    /// <exception cref="ArgumentException">No area of the box lies in the photo, it is thinner than a pixel there, or a length is not a
    /// finite number.</exception>
    public QueryPhoto AddFace(QueryPhoto query, byte[] bytes, Box box, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (box.ClipTo(query.Width, query.Height) is not { Width: >= 1, Height: >= 1 } inside)
            throw new ArgumentException(
                $"The box must have an area and lie in the photo of {query.Width} × {query.Height} pixels.",
                nameof(box)
            );
        var photo = _decoder.Decode(ToFile(bytes, query.Path), cancellation);
        var face = Pipeline.ReadAt(photo, inside.Scale(1 / photo.ToOriginal), cancellation);
        return query with { Faces = [.. query.Faces, face], Face = query.Faces.Count };
    }

    /// <summary>A stored photo to search with.</summary>
    /// <param name="id">The photo.</param>
    /// <param name="face">The wanted face; null for the largest and most central that can be recognised.</param>
    /// <returns>Null when there is no such photo.</returns>
    /// <exception cref="QueryException">It has no face that can be recognised.</exception>
    public StoredQuery? StoredPhoto(PhotoId id, FaceId? face = null) =>
        Read(reader => reader.FindPhoto(id) is { } photo ? ToQuery(photo, face, reader) : null);

    /// <summary>A stored face to search with.</summary>
    /// <returns>Null when there is no such face.</returns>
    public StoredQuery? StoredFace(FaceId id) =>
        Read(reader => reader.FindFace(id) is { } face && reader.FindPhoto(face.Photo) is { } photo ? ToQuery(photo, id, reader) : null);

    private StoredQuery ToQuery(PhotoRow photo, FaceId? wanted, ICatalogueReader reader) =>
        FaceRows.Ask(reader, table => ToQuery(photo, wanted, reader, table));

    private static StoredQuery ToQuery(PhotoRow photo, FaceId? wanted, ICatalogueReader reader, SpaceTable table)
    {
        var faces = reader.FacesOf(photo.Id);
        var read = faces
            .Select(face => new ReadFace(
                new DetectedFace(face.Box, face.Confidence, face.Landmarks),
                NoCrop,
                face.Quality,
                table.RowOf(face.Id) is >= 0 and var row ? table.Row(row).ToArray() : null
            ))
            .ToArray();
        var at = wanted is { } id ? faces.TakeWhile(face => face.Id != id).Count() : Principal(photo, read);
        return new StoredQuery(
            new QueryPhoto(
                photo.Paths.Count > 0 ? photo.Paths[0] : $"photo {photo.Id}",
                photo.Sha256,
                read,
                at,
                photo.Width,
                photo.Height,
                1
            ),
            photo,
            faces
        );
    }

    private static int Principal(PhotoRow photo, ReadFace[] faces)
    {
        var good = faces.Where(face => face.Embedding is not null).ToArray();
        if (good.Length == 0)
            return FaceChoice.Principal([.. faces.Select(face => face.Face.Box)], photo.Width, photo.Height);
        return Array.IndexOf(faces, good[FaceChoice.Principal([.. good.Select(face => face.Face.Box)], photo.Width, photo.Height)]);
    }

    private PhotoFile ToFile(byte[] bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length == 0)
            throw new UnreadablePhotoException(UnreadableReason.Empty, "The file is empty (0 bytes).");
        if (bytes.Length > _options.Photos.MaxBytes)
            throw new UnreadablePhotoException(
                UnreadableReason.OverLimit,
                $"The file has {bytes.Length:N0} bytes, and the limit is {_options.Photos.MaxBytes:N0}."
            );
        return new PhotoFile(new FileStamp(name, bytes.Length, default), bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
