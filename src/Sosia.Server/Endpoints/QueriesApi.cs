using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Faces;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Queries;
using Sosia.Server.Safety.Admission;
using Sosia.Server.Searching;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>Uploaded photos, which stay in memory.</summary>
internal static class QueriesApi
{
    private const int LargestPreview = 1280;

    public static void Map(IEndpointRouteBuilder api)
    {
        var queries = api.MapGroup("/queries").WithTags("queries");
        queries.MapPost("", Upload).TakesPhotos().Accepts<IFormFile>("multipart/form-data").WithSummary("Upload a photo to search with");
        queries.MapGet("/{id}", Get).WithSummary("The photo and its faces");
        queries.MapGet("/{id}/image", Image).Unrecorded().Produces(200, contentType: "image/webp").WithSummary("The photo, upright");
        queries
            .MapGet("/{id}/faces/{face:int}/aligned", Aligned)
            .Unrecorded()
            .Produces(200, contentType: "image/png")
            .WithSummary("What the network saw of a face");
        queries.MapPost("/{id}/faces", AddFace).WithSummary("Add a face where the detector found none");
        queries.MapDelete("/{id}", Delete).WithSummary("Gone at once");
    }

    private static async Task<Created<QueryShape>> Upload(
        HttpRequest request,
        Searcher searcher,
        ServerOptions options,
        BodyBudget budget,
        CancellationToken cancellation
    )
    {
        using var uploads = await Uploads.ReadAsync(request, options, budget, cancellation);
        if (uploads.Photos is not [var photo] || uploads.Options is not null)
            throw ProblemException.BadRequest("Expected one part named photo and nothing else.");
        var query = await searcher.Upload(photo, cancellation);
        return TypedResults.Created($"{options.BasePath}/api/v1/queries/{query.Id}", Reference.Shape(query, query.Photo));
    }

    private static Ok<QueryShape> Get(string id, QueryStore queries)
    {
        var query = queries.Get(id);
        return TypedResults.Ok(Reference.Shape(query, query.Photo));
    }

    private static async Task<FileContentHttpResult> Image(
        string id,
        QueryStore queries,
        Collection collection,
        PictureWork work,
        HttpContext context
    )
    {
        var query = queries.Get(id);
        context.Response.Headers.CacheControl = "no-store"; // not on the browser's disk either
        return TypedResults.Bytes(
            await work.Queue.Run(
                ended => collection.Pictures.OfBytes(query.Bytes, query.Photo.Path, LargestPreview, ended),
                context.RequestAborted
            ),
            "image/webp"
        );
    }

    private static async Task<FileContentHttpResult> Aligned(string id, int face, QueryStore queries, PictureWork work, HttpContext context)
    {
        var faces = queries.Get(id).Photo.Faces;
        if (face < 1 || face > faces.Count)
            throw ProblemException.NotFound($"There is no face {face} in the query: it has {faces.Count}.");
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(await work.Queue.Run(_ => FacesApi.Png(faces[face - 1].Aligned), context.RequestAborted), "image/png");
    }

    private static async Task<Ok<QueryShape>> AddFace(
        string id,
        FaceBoxBody body,
        QueryStore queries,
        UploadReader uploads,
        Inferences inferences,
        CancellationToken cancellation
    )
    {
        const int Most = 100;
        var query = queries.Get(id);
        if (body.Box is not { } box)
            throw ProblemException.BadRequest("Expected a `box`.");
        if (query.Photo.Faces.Count >= Most)
            throw ProblemException.BadRequest($"A query has at most {Most} faces.");
        var drawn = new Box(box.Left, box.Top, box.Width, box.Height);
        var read = await inferences.Queue.Run(ended => uploads.Reader.AddFace(query.Photo, query.Bytes, drawn, ended), cancellation);
        var changed = queries.Change(id, photo => photo with { Faces = [.. photo.Faces, read.Wanted], Face = photo.Faces.Count });
        return TypedResults.Ok(Reference.Shape(changed, changed.Photo));
    }

    private static NoContent Delete(string id, QueryStore queries)
    {
        queries.Remove(id);
        return TypedResults.NoContent();
    }
}
