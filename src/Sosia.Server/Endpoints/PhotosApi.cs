using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>Photos of the collection, their files and small pictures.</summary>
internal static class PhotosApi
{
    private const int PageOfCatalogue = 500;
    private static readonly int[] Sides = [160, 320, 640, 1280];

    public static void Map(IEndpointRouteBuilder api)
    {
        var photos = api.MapGroup("/photos").WithTags("photos");
        photos.MapGet("", List).WithMetadata(new Listing.Paged()).Produces<ListShape<PhotoShape>>().WithSummary("Photos in order of id");
        photos.MapGet("/{id:long}", Get).WithSummary("One photo with its faces");
        photos.MapGet("/{id:long}/faces", Faces).WithSummary("Its faces, largest first");
        photos
            .MapGet("/{id:long}/original", Original)
            .Produces(200, contentType: "image/jpeg")
            .WithSummary("The file itself")
            .DisableRequestTimeout();
        photos
            .MapGet("/{id:long}/thumbnail", Thumbnail)
            .Unrecorded()
            .Produces(200, contentType: "image/webp")
            .WithSummary("A small picture");
        photos.MapDelete("/{id:long}", Forget).Needs(Scope.Manage).WithSummary("Forget the photo for good");
    }

    private static Task List(HttpContext context, Collection collection, string? state)
    {
        PhotoState? wanted = state switch
        {
            null => null,
            "searchable" => PhotoState.Searchable,
            "tooPoor" => PhotoState.TooPoor,
            "noFace" => PhotoState.NoFace,
            _ => throw ProblemException.BadRequest($"Expected `state` to be searchable, tooPoor or noFace, got '{state}'."),
        };
        var counts = collection.Catalogue.Ask(reader => reader.Count());
        var total = wanted switch
        {
            PhotoState.Searchable => counts.Searchable,
            PhotoState.TooPoor => counts.TooPoor,
            PhotoState.NoFace => counts.NoFace,
            _ => counts.Read,
        };
        return Listing.Answer(
            context,
            after =>
                Listing
                    .All(after, key => collection.Catalogue.Ask(reader => Page(reader, key)), photo => photo.Id)
                    .Where(photo => wanted is null || photo.State == Names.Of(wanted.Value)),
            photo => photo.Id,
            total,
            (ServerJson.Relaxed.PhotoShape, ServerJson.Relaxed.ListShapePhotoShape)
        );
    }

    private static List<PhotoShape> Page(ICatalogueReader reader, long after) =>
        [
            .. reader
                .Photos(new PhotoId(after), PageOfCatalogue)
                .Select(photo => ToShape.Photo(photo, reader.FacesOf(photo.Id), withFaces: false)),
        ];

    private static Ok<PhotoShape> Get(long id, Collection collection) =>
        TypedResults.Ok(
            collection.Catalogue.Ask(reader => ToShape.Photo(Find(reader, id), reader.FacesOf(new PhotoId(id)), withFaces: true))
        );

    private static Ok<ItemsShape<FaceShape>> Faces(long id, Collection collection) =>
        TypedResults.Ok(
            collection.Catalogue.Ask(reader => new ItemsShape<FaceShape>([.. reader.FacesOf(Find(reader, id).Id).Select(ToShape.Face)]))
        );

    private static async Task<FileStreamHttpResult> Original(long id, Collection collection, PictureWork work, HttpContext context)
    {
        var photo = collection.Catalogue.Ask(reader => Find(reader, id));
        try
        {
            // The first time the whole file is read for its hash: in its turn, as other work on files.
            var file = await work.Queue.Run(ended => collection.Pictures.OpenOriginal(photo, ended), context.RequestAborted);
            context.Response.Headers.CacheControl = "private, no-cache";
            return TypedResults.Stream(
                file,
                CollectionPictures.TypeOf(file),
                enableRangeProcessing: true,
                entityTag: new EntityTagHeaderValue($"\"{photo.Sha256}\"")
            );
        }
        catch (UnreadablePhotoException gone)
        {
            throw Gone(gone);
        }
    }

    private static async Task<IResult> Thumbnail(long id, int? side, Collection collection, PictureWork work, HttpContext context)
    {
        var wanted = Pictures.CheckSide(side ?? 320, Sides);
        var photo = collection.Catalogue.Ask(reader => Find(reader, id));
        return await Pictures.Answer(
            context,
            $"{photo.Sha256}-{wanted}",
            () => work.Queue.Run(ended => collection.Pictures.Thumbnail(photo, wanted, ended), context.RequestAborted)
        );
    }

    private static Task<Ok<ReceiptShape>> Forget(long id, Collection collection) =>
        ForgetApi.Answer(collection, [new PhotoId(id)], []);

    public static PhotoRow Find(ICatalogueReader reader, long id) =>
        reader.FindPhoto(new PhotoId(id)) ?? throw ProblemException.NotFound($"There is no photo {id}.");

    public static ProblemException Gone(UnreadablePhotoException error) =>
        error.Reason == UnreadableReason.NoAccess
            ? new("photo-gone", 410, error.Message)
            : new("unreadable", 422, error.Message) { Reason = Names.Of(error.Reason) };
}
