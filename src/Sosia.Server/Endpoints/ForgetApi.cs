using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Catalogue;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;

namespace Sosia.Server.Endpoints;

/// <summary>Forgets photos and faces for good, and says what is gone.</summary>
internal static class ForgetApi
{
    private const int Most = 10_000;

    /// <summary>How long a receipt waits for the catalogue to be overwritten; that of millions of faces takes minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/forget", Forget).Needs(Scope.Manage).WithTags("forget").WithSummary("Forget photos and faces for good");
        api.MapGet("/forget", State)
            .Needs(Scope.Manage)
            .WithTags("forget")
            .WithSummary("Whether the catalogue's pages that held what was forgotten last are overwritten");
    }

    /// <summary>Forgets, and answers as soon as nothing can be found any more: at best when it is overwritten too.</summary>
    public static async Task<Ok<ReceiptShape>> Answer(
        Collection collection,
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        IReadOnlyList<PersonId>? people = null
    )
    {
        var receipt = await collection.Maintenance.BeginToForgetAsync(photos, faces, people);
        await Task.WhenAny(receipt.Overwriting, Task.Delay(Patience));
        return TypedResults.Ok(ToShape.Receipt(receipt));
    }

    private static Ok<OverwritingShape> State(Collection collection) =>
        TypedResults.Ok(ToShape.Overwriting(collection.Maintenance.Overwriting));

    private static async Task<Ok<ReceiptShape>> Forget(ForgetBody body, Collection collection, HttpContext context)
    {
        var photos = (body.Photos ?? []).Select(id => new PhotoId(id)).ToArray();
        var faces = (body.Faces ?? []).Select(id => new FaceId(id)).ToArray();
        if (photos.Length + faces.Length is < 1 or > Most)
            throw ProblemException.BadRequest($"Expected 1 to {Most:N0} photos and faces.");
        AuditEntry.Of(context).Results = photos.Length + faces.Length;
        return await Answer(collection, photos, faces);
    }
}
