using Sosia.Catalogue;
using Sosia.Photos.Facts;
using Sosia.Search;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Queries;

namespace Sosia.Server.Searching;

/// <summary>One photo of somebody, wherever it came from.</summary>
/// <param name="Photo">What is searched with.</param>
/// <param name="Upload">The upload it came from; null when it is stored.</param>
/// <param name="Stored">The stored photo; null when it was uploaded.</param>
internal sealed record Reference(QueryPhoto Photo, Query? Upload, StoredQuery? Stored)
{
    public QueryShape ToShape() =>
        Upload is { } upload
            ? Shape(upload, Photo)
            : new(
                null,
                Stored!.Photo.Id.Value,
                Photo.Path,
                Photo.Sha256,
                Photo.Width,
                Photo.Height,
                Photo.Face < 0 ? null : Stored.Faces[Photo.Face].Id.Value,
                [
                    .. Stored.Faces.Select(face => new QueryFaceShape(
                        face.Id.Value,
                        Json.ToShape.Box(face.Box),
                        face.Confidence,
                        face.Quality.Size,
                        face.Quality.Score,
                        face.HasEmbedding
                    )),
                ],
                null
            );

    public static QueryShape Shape(Query upload, QueryPhoto photo) =>
        new(
            upload.Id,
            null,
            photo.Path,
            photo.Sha256,
            photo.Width,
            photo.Height,
            photo.Face < 0 ? null : photo.Face + 1,
            [
                .. photo.Faces.Select(
                    (face, i) =>
                        new QueryFaceShape(
                            i + 1,
                            Json.ToShape.Box(photo.BoxOf(i)),
                            face.Face.Confidence,
                            face.Quality.Size,
                            face.Quality.Score,
                            face.Embedding is not null
                        )
                ),
            ],
            upload.Expires
        );
}

/// <summary>Who is searched for, and how: a request with everything it names looked up.</summary>
/// <param name="References">Photos of the person.</param>
/// <param name="Negatives">Photos of others.</param>
/// <param name="Options">How.</param>
/// <param name="Curve">Whether the meaning of every score is wanted.</param>
internal sealed record Person(IReadOnlyList<Reference> References, IReadOnlyList<Reference> Negatives, SearchOptions Options, bool Curve)
{
    private const int MostReferences = 64,
        MostNegatives = 256,
        MostMatches = 10_000,
        MostFolders = 256;

    /// <exception cref="ProblemException">Something named is not there, or makes no sense.</exception>
    public static Person Find(SearchBody? body, Collection collection, QueryStore queries)
    {
        if (body?.References is not { Count: > 0 and <= MostReferences } named)
            throw ProblemException.BadRequest($"Expected 1 to {MostReferences} references.");
        if (body.Negatives is { Count: > MostNegatives })
            throw ProblemException.BadRequest($"Expected at most {MostNegatives} negatives.");
        if (body.Limit is < 1 or > MostMatches)
            throw ProblemException.BadRequest($"The limit must lie between 1 and {MostMatches:N0}, got {body.Limit}.");
        var negatives = (body.Negatives ?? []).Select(Of).ToArray();
        var options = new SearchOptions
        {
            By = body.By switch
            {
                null or "person" => SearchBy.Person,
                "look" => SearchBy.Look,
                "both" => SearchBy.Both,
                "copy" => SearchBy.Copy,
                _ => throw ProblemException.BadRequest($"Expected `by` to be person, look, both or copy, got '{body.By}'."),
            },
            Limit = body.Limit ?? SearchOptions.DefaultLimit,
            Threshold = body.Threshold,
            BelowThreshold = body.BelowThreshold ?? false,
            Photos = FilterOf(body),
            Sort = body.Sort switch
            {
                null or "score" => SortBy.Score,
                "newest" => SortBy.Newest,
                "oldest" => SortBy.Oldest,
                _ => throw ProblemException.BadRequest($"Expected `sort` to be score, newest or oldest, got '{body.Sort}'."),
            },
            Combine = body.Combine switch
            {
                null or "mean" => Combine.Mean,
                "best" => Combine.Best,
                _ => throw ProblemException.BadRequest($"Expected `combine` to be mean or best, got '{body.Combine}'."),
            },
            Unfold = body.Unfold ?? false,
            Expand = body.Expand ?? false,
            Negatives = [.. negatives.Select(negative => negative.Photo)],
        };
        options.Check();
        return new Person([.. named.Select(Of)], negatives, options, body.Curve ?? false);

        Reference Of(ReferenceBody name) => Resolve(name, collection, queries);
    }

    /// <summary>What a reference names.</summary>
    /// <exception cref="ProblemException">It is not there, or makes no sense.</exception>
    public static Reference Resolve(ReferenceBody name, Collection collection, QueryStore queries) =>
        name switch
        {
            { Query: { } id, Photo: null } => OfUpload(queries.Get(id), name.Face),
            { Query: null, Photo: { } photo, Face: null } => OfStored(
                collection.Queries.StoredPhoto(new PhotoId(photo)) ?? throw ProblemException.NotFound($"There is no photo {photo}.")
            ),
            { Query: null, Photo: null, Face: { } face } => OfStored(
                collection.Queries.StoredFace(new FaceId(face)) ?? throw ProblemException.NotFound($"There is no face {face}.")
            ),
            _ => throw ProblemException.BadRequest("A reference names exactly one of query (with face), photo, face."),
        };

    private static Reference OfStored(StoredQuery stored) => new(stored.Query, null, stored);

    private static Reference OfUpload(Query upload, long? face)
    {
        if (face is { } number && (number < 1 || number > upload.Photo.Faces.Count))
            throw ProblemException.BadRequest($"There is no face {number} in the query: it has {upload.Photo.Faces.Count}.");
        return new(face is { } wanted ? upload.Photo with { Face = (int)wanted - 1 } : upload.Photo, upload, null);
    }

    private static PhotoFilter FilterOf(SearchBody body)
    {
        if (body.Under is { Count: > MostFolders })
            throw ProblemException.BadRequest($"Expected at most {MostFolders} folders in `under`.");
        return new PhotoFilter
        {
            Under = [.. (body.Under ?? []).Select(FullPath)],
            From = body.From is { } from ? TimeRange.Start(from) : null,
            Before = body.To is { } to ? TimeRange.End(to) : null,
        };
    }

    private static string FullPath(string path) =>
        Path.IsPathFullyQualified(path) && !path.Contains('\0', StringComparison.Ordinal)
            ? Path.GetFullPath(path)
            : throw ProblemException.BadRequest("`under` must be a full path.");
}
