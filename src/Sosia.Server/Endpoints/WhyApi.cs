using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Search;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Queries;
using Sosia.Server.Searching;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>Why a photo is, or is not, among the results: the best pair of faces, side by side, and what speaks for them.</summary>
internal static class WhyApi
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/why", Why).WithTags("search").WithSummary("Why a photo is, or is not, among the results");

    private static async Task<Ok<WhyShape>> Why(
        WhyBody body,
        Collection collection,
        QueryStore queries,
        Searcher searcher,
        Inferences inferences,
        Searches searches,
        ServerOptions options,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        if (body.Photo is not { } id)
            throw ProblemException.BadRequest("Expected a `photo`.");
        await searcher.PrepareAsync(body.Search, cancellation);
        var photo = collection.Catalogue.Ask(reader => PhotosApi.Find(reader, id));
        var person = Person.Find(body.Search, collection, queries);
        AuditEntry.Of(context).Note(person, found: null);
        var why = await searches.Queue.Run(
            ended =>
                collection.Searching.Explain(
                    photo.Paths[0],
                    [.. person.References.Select(reference => reference.Photo)],
                    person.Options,
                    ended
                ),
            cancellation
        );
        var pair =
            why.Score is null || person.Options.By is SearchBy.Look or SearchBy.Copy
                ? null
                : await inferences.Queue.Run(ended => BestPair(photo, person, collection, options.BasePath, ended), cancellation);
        return TypedResults.Ok(new WhyShape(Names.Of(why.Kind), why.Sentence, why.Rank, why.Score, why.Threshold, pair));
    }

    private static PairShape? BestPair(
        PhotoRow photo,
        Person person,
        Collection collection,
        string basePath,
        CancellationToken cancellation
    )
    {
        if (collection.Queries.StoredPhoto(photo.Id) is not { } stored)
            return null; // forgotten meanwhile
        var best = (
            from reference in person.References
            where reference.Photo.Face >= 0 && reference.Photo.Wanted.Embedding is not null
            from face in Enumerable.Range(0, stored.Faces.Count)
            where stored.Query.Faces[face].Embedding is not null
            let score = System.Numerics.Tensors.TensorPrimitives.Dot<float>(
                reference.Photo.Wanted.Embedding,
                stored.Query.Faces[face].Embedding
            )
            orderby score descending
            select (Reference: reference, Face: face)
        ).FirstOrDefault();
        if (best.Reference is null)
            return null; // found by look alone
        try
        {
            var (first, second) = (
                Close(best.Reference, collection, cancellation),
                Close(new Reference(stored.Query with { Face = best.Face }, null, stored), collection, cancellation)
            );
            var pair = collection.Searching.CompareClosely(first, second, cancellation);
            return new PairShape(
                pair.Score,
                pair.Meaning.FalseMatchRate,
                pair.Meaning.Sentence,
                new SideShape(
                    NumberOf(best.Reference),
                    ToShape.Quality(first.Quality),
                    basePath + Address(best.Reference),
                    ToShape.Heat(pair.First)
                ),
                new SideShape(
                    stored.Faces[best.Face].Id.Value,
                    ToShape.Quality(second.Quality),
                    $"{basePath}/api/v1/faces/{stored.Faces[best.Face].Id}/aligned",
                    ToShape.Heat(pair.Second)
                )
            );
        }
        catch (UnreadablePhotoException)
        {
            return null; // an original is gone: the sentence still holds
        }
    }

    private static CloseFace Close(Reference reference, Collection collection, CancellationToken cancellation)
    {
        var face = reference.Photo.Wanted;
        var aligned = reference.Stored is { } stored
            ? collection.Pictures.Align(stored.Photo, stored.Faces[reference.Photo.Face], cancellation)
            : face.Aligned;
        return new CloseFace(aligned, face.Quality, face.Embedding!);
    }

    private static long NumberOf(Reference reference) => reference.Stored?.Faces[reference.Photo.Face].Id.Value ?? reference.Photo.Face + 1;

    private static string Address(Reference reference) =>
        reference.Upload is { } upload
            ? $"/api/v1/queries/{upload.Id}/faces/{reference.Photo.Face + 1}/aligned"
            : $"/api/v1/faces/{NumberOf(reference)}/aligned";
}
