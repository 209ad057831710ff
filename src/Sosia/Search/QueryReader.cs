using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Pipeline;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>A photo of the collection as something to search with.</summary>
/// <param name="Query">The photo; its faces carry their embeddings, and no crops (<see cref="AlignedFace.Size"/> 0), for these are not
/// stored.</param>
/// <param name="Photo">The photo as stored.</param>
/// <param name="Faces">Its faces as stored, in the order of the query's.</param>
public sealed record StoredQuery(QueryPhoto Query, PhotoRow Photo, IReadOnlyList<FaceRow> Faces);

/// <summary>Makes photos to search with: of files, of bytes, of what the collection holds. Safe for many callers.</summary>
public sealed class QueryReader
{
    private static readonly AlignedFace NoCrop = new(0, []);

    private readonly CatalogueReaders _readers;
    private readonly IVectorStore _store;
    private readonly Func<SpaceName> _space;
    private readonly Func<PhotoOptions, IPhotoDecoder> _decoderFor;
    private readonly IPhotoDecoder _decoder;
    private readonly PhotoOptions _limits;
    private readonly Func<FacePipeline> _pipeline;
    private readonly AppearanceModels _looks;

    internal QueryReader(
        CatalogueReaders readers,
        IVectorStore store,
        Func<SpaceName> space,
        Func<PhotoOptions, IPhotoDecoder> decoderFor,
        PhotoOptions limits,
        Func<FacePipeline> pipeline,
        AppearanceModels looks
    )
    {
        (_readers, _store, _space) = (readers, store, space);
        (_decoderFor, _decoder, _limits, _pipeline, _looks) = (decoderFor, decoderFor(limits), limits, pipeline, looks);
    }

    /// <summary>The same under other limits, for photos that come from others than the user.</summary>
    /// <param name="change">Given the limits of this one.</param>
    /// <exception cref="OptionException">A limit that makes no sense.</exception>
    public QueryReader Within(Func<PhotoOptions, PhotoOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var limits = change(_limits);
        return new QueryReader(_readers, _store, _space, _decoderFor, limits, _pipeline, _looks);
    }

    /// <summary>Reads a photo of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="by">What it is read for: its faces, the look of the whole photo, or both. By look alone it has no faces.</param>
    /// <param name="face">The face meant, counted from 1 in order of <see cref="QueryPhoto.Faces"/>; null for the largest and most
    /// central.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="UnreadablePhotoException">The file gives no photo.</exception>
    /// <exception cref="QueryException">There is no face of that number, or nothing was indexed by look.</exception>
    public QueryPhoto Read(string path, SearchBy by = SearchBy.Person, int? face = null, CancellationToken cancellation = default)
    {
        try
        {
            return ToQuery(PhotoFile.Read(path, _limits, cancellation), path, by, face, cancellation);
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UnreadablePhotoException(unreadable.Reason, $"{path}: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Reads the faces of a photo that lies in no file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What it is called in answers.</param>
    /// <param name="face">As for the other.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="UnreadablePhotoException">The bytes give no photo.</exception>
    /// <exception cref="QueryException">There is no face of that number.</exception>
    public QueryPhoto ReadBytes(byte[] bytes, string name, int? face = null, CancellationToken cancellation = default) =>
        ToQuery(ToFile(bytes, name), name, SearchBy.Person, face, cancellation);

    /// <summary>Adds a face that the detector did not find, where somebody drew a box; it becomes the wanted one.</summary>
    /// <param name="query">The photo.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="box">In pixels of the upright original; what lies beyond the photo's edge is cut off.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="OptionException">No area of the box lies in the photo, it is thinner than a pixel there, or a length is not a
    /// finite number.</exception>
    public QueryPhoto AddFace(QueryPhoto query, byte[] bytes, Box box, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (box.ClipTo(query.Width, query.Height) is not { Width: >= 1, Height: >= 1 } inside)
            throw new OptionException($"The box must have an area and lie in the photo of {query.Width} × {query.Height} pixels.");
        var photo = Open(ToFile(bytes, query.Path), cancellation);
        var face = _pipeline().ReadAt(photo, inside.Scale(1 / query.ToOriginal), cancellation);
        return query with { Faces = [.. query.Faces, face], Face = query.Faces.Count };
    }

    /// <summary>
    /// Adds to a query what it needs to be searched by look, by an inference; <see cref="PhotoSearch.HasLook"/> says whether it lacks that.
    /// </summary>
    /// <param name="query">The photo.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="UnreadablePhotoException">The bytes give no photo.</exception>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    public QueryPhoto AddLook(QueryPhoto query, byte[] bytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (space, model) = _readers.Ask(reader => (_looks.SpaceOf(reader), _looks.Of(reader)));
        var photo = Decode(ToFile(bytes, query.Path), cancellation);
        return query with { Look = new(space.Key, _looks.ReaderOf(model).Read(photo, cancellation)) };
    }

    /// <summary>The row of a whole photo by an image model, whether anything was indexed with it or not.</summary>
    /// <exception cref="UnreadablePhotoException">The bytes give no photo.</exception>
    /// <exception cref="QueryException">The network makes nothing of it.</exception>
    internal float[] ReadLook(byte[] bytes, string name, KnownModel model, CancellationToken cancellation) =>
        _looks.ReaderOf(model).Read(Decode(ToFile(bytes, name), cancellation), cancellation) is { Length: > 0 } row
            ? row
            : throw new QueryException($"The image network makes nothing of {name}; try another picture.");

    /// <summary>A stored photo to search with.</summary>
    /// <param name="id">The photo.</param>
    /// <param name="face">The wanted face; null for the largest and most central that can be recognised.</param>
    /// <returns>Null when there is no such photo.</returns>
    /// <exception cref="QueryException">The wanted face is not one of the photo's.</exception>
    public StoredQuery? StoredPhoto(PhotoId id, FaceId? face = null) =>
        Blocking.Wait(
            _readers.AskAsync(async reader => reader.FindPhoto(id) is { } photo ? await ToQueryAsync(photo, face, reader) : null)
        );

    /// <summary>A stored face to search with.</summary>
    /// <returns>Null when there is no such face.</returns>
    public StoredQuery? StoredFace(FaceId id) =>
        Blocking.Wait(
            _readers.AskAsync(async reader =>
                reader.FindFace(id) is { } face && reader.FindPhoto(face.Photo) is { } photo ? await ToQueryAsync(photo, id, reader) : null
            )
        );

    private QueryPhoto ToQuery(PhotoFile file, string path, SearchBy by, int? face, CancellationToken cancellation)
    {
        if (by == SearchBy.Copy)
            return Whole(file, path, Decode(file, PhotoDescriptor.SideFor, cancellation));
        if (by == SearchBy.Person)
            return WithFaces(file, Open(file, cancellation), path, face, cancellation);
        var (space, look) = _readers.Ask(reader => (_looks.SpaceOf(reader), _looks.ReaderOf(_looks.Of(reader))));
        if (by == SearchBy.Look)
        {
            var photo = Decode(file, cancellation); // which needs no network that finds faces
            return Whole(file, path, photo) with { Look = new(space.Key, look.Read(photo, cancellation)) };
        }
        var source = Open(file, cancellation);
        return WithFaces(file, source, path, face, cancellation) with { Look = new(space.Key, look.Read(source.Photo, cancellation)) };
    }

    private QueryPhoto WithFaces(PhotoFile file, PhotoSource source, string path, int? face, CancellationToken cancellation)
    {
        var pipeline = _pipeline();
        var photo = source.Photo;
        var faces = pipeline.Read(source, cancellation);
        if (face is { } number && (number < 1 || number > faces.Count))
            throw new QueryException($"There is no face {number} in {path}: {Found(faces.Count)}; faces are counted from 1.");
        var wanted = face - 1 ?? FaceChoice.Principal([.. faces.Select(found => found.Face.Box)], photo.Width, photo.Height);
        if (wanted >= 0)
            faces = [.. faces.Select((found, i) => i == wanted ? pipeline.Upright(source, found, cancellation) : found)];
        return Whole(file, path, photo) with { Faces = faces, Face = wanted };
    }

    /// <summary>A photo without its faces.</summary>
    private static QueryPhoto Whole(PhotoFile file, string path, Photo photo) =>
        new(path, file.Sha256, [], -1, photo.OriginalWidth, photo.OriginalHeight, photo.ToOriginal)
        {
            Descriptor = PhotoDescriptor.Of(photo),
        };

    private async ValueTask<StoredQuery> ToQueryAsync(PhotoRow photo, FaceId? wanted, ISearchReader reader)
    {
        var faces = reader.FacesOf(photo.Id);
        var rows = await _store.AskAsync(_space(), reader, vectors => vectors.VectorsAsync([.. faces.Select(face => face.Id.Value)]));
        ReadFace[] read =
        [
            .. faces.Select(
                (face, i) => new ReadFace(new DetectedFace(face.Box, face.Confidence, face.Landmarks), NoCrop, face.Quality, rows[i])
            ),
        ];
        var at = wanted is { } id ? faces.TakeWhile(face => face.Id != id).Count() : Principal(photo, read);
        if (wanted is not null && at == faces.Count)
            throw new QueryException($"The photo {photo.Id} has no face {wanted}; take one of its own faces.");
        var path = photo.Paths.Count > 0 ? photo.Paths[0] : $"photo {photo.Id}";
        return new StoredQuery(new QueryPhoto(path, photo.Sha256, read, at, photo.Width, photo.Height, 1), photo, faces);
    }

    private static int Principal(PhotoRow photo, ReadFace[] faces)
    {
        var good = Array.FindAll(faces, face => face.Embedding is not null);
        if (good.Length == 0)
            return FaceChoice.Principal([.. faces.Select(face => face.Face.Box)], photo.Width, photo.Height);
        return Array.IndexOf(faces, good[FaceChoice.Principal([.. good.Select(face => face.Face.Box)], photo.Width, photo.Height)]);
    }

    private Photo Decode(PhotoFile file, CancellationToken cancellation) => Decode(file, static longest => longest, cancellation);

    private Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("decode");
        return _decoder.Decode(file, sideFor, cancellation);
    }

    private PhotoSource Open(PhotoFile file, CancellationToken cancellation)
    {
        var pipeline = _pipeline();
        using var _ = Telemetry.Measure("decode");
        return PhotoSource.Open(file, _decoder, pipeline.SideFor, cancellation);
    }

    private PhotoFile ToFile(byte[] bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length == 0)
            throw new UnreadablePhotoException(UnreadableReason.Empty, "The file is empty (0 bytes).");
        if (bytes.Length > _limits.MaxBytes)
            throw new UnreadablePhotoException(
                UnreadableReason.OverLimit,
                $"The file has {bytes.Length:N0} bytes, and the limit is {_limits.MaxBytes:N0}."
            );
        return new PhotoFile(new FileStamp(name, bytes.Length, default), bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static string Found(int faces) =>
        faces switch
        {
            0 => "no face was found",
            1 => "1 face was found",
            _ => $"{faces} faces were found",
        };
}
