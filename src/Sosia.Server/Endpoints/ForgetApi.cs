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

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/forget", Forget).Needs(Scope.Manage).WithTags("forget").WithSummary("Forget photos and faces for good");

    private static async Task<Ok<ReceiptShape>> Forget(ForgetBody body, Collection collection, HttpContext context)
    {
        var photos = (body.Photos ?? []).Select(id => new PhotoId(id)).ToArray();
        var faces = (body.Faces ?? []).Select(id => new FaceId(id)).ToArray();
        if (photos.Length + faces.Length is < 1 or > Most)
            throw ProblemException.BadRequest($"Expected 1 to {Most:N0} photos and faces.");
        AuditEntry.Of(context).Results = photos.Length + faces.Length;
        return TypedResults.Ok(ToShape.Receipt(await collection.Maintenance.ForgetAsync(photos, faces)));
    }
}
