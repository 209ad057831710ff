using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Catalogue;
using Sosia.Pictures;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>Faces of the collection and pictures of them.</summary>
internal static class FacesApi
{
    private const int PageOfCatalogue = 1000;
    private static readonly int[] Sides = [160, 320];

    public static void Map(IEndpointRouteBuilder api)
    {
        var faces = api.MapGroup("/faces").WithTags("faces");
        faces.MapGet("", List).WithMetadata(new Listing.Paged()).Produces<ListShape<FaceShape>>().WithSummary("Faces in order of id");
        faces.MapGet("/{id:long}", Get).WithSummary("One face");
        faces.MapGet("/{id:long}/crop", Crop).Unrecorded().Produces(200, contentType: "image/webp").WithSummary("A square around the face");
        faces
            .MapGet("/{id:long}/aligned", Aligned)
            .Unrecorded()
            .Produces(200, contentType: "image/png")
            .WithSummary("What the network saw");
        faces.MapDelete("/{id:long}", Forget).Needs(Scope.Manage).WithSummary("Forget the face for good");
    }

    private static Task List(HttpContext context, Collection collection, bool? searchable) =>
        Listing.Answer(
            context,
            after =>
                Listing
                    .All(
                        after,
                        key => collection.Catalogue.Ask(reader => reader.Faces(new FaceId(key), PageOfCatalogue)),
                        face => face.Id.Value
                    )
                    .Where(face => searchable is null || face.HasEmbedding == searchable)
                    .Select(ToShape.Face),
            face => face.Id,
            collection.Catalogue.Ask(reader => reader.CountFaces()),
            (ServerJson.Relaxed.FaceShape, ServerJson.Relaxed.ListShapeFaceShape)
        );

    private static Ok<FaceShape> Get(long id, Collection collection) => TypedResults.Ok(ToShape.Face(Find(collection, id).Face));

    private static async Task<IResult> Crop(long id, int? side, Collection collection, PictureWork work, HttpContext context)
    {
        var wanted = Pictures.CheckSide(side ?? 160, Sides);
        var (photo, face) = Find(collection, id);
        return await Pictures.Answer(
            context,
            $"{photo.Sha256}-{PictureCache.NameOf(face.Box)}-{wanted}",
            () => work.Queue.Run(ended => collection.Pictures.Crop(photo, face, wanted, ended), context.RequestAborted)
        );
    }

    private static async Task<IResult> Aligned(long id, Collection collection, PictureWork work, HttpContext context)
    {
        var (photo, face) = Find(collection, id);
        return await Pictures.Answer(
            context,
            $"{photo.Sha256}-{PictureCache.NameOf(face.Box)}-aligned",
            () => work.Queue.Run(ended => Png(collection.Pictures.Align(photo, face, ended)), context.RequestAborted),
            "image/png"
        );
    }

    private static Task<Ok<ReceiptShape>> Forget(long id, Collection collection) =>
        ForgetApi.Answer(collection, [], [new FaceId(id)]);

    public static byte[] Png(Faces.AlignedFace face) => Thumbnailer.Png(face.Pixels, face.Size, face.Size);

    private static (PhotoRow Photo, FaceRow Face) Find(Collection collection, long id) =>
        collection.Catalogue.Ask(reader =>
            reader.FindFace(new FaceId(id)) is { } face && reader.FindPhoto(face.Photo) is { } photo
                ? (photo, face)
                : throw ProblemException.NotFound($"There is no face {id}.")
        );
}
