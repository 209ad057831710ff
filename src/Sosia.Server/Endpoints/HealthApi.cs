using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Catalogue;
using Sosia.Models;
using Sosia.Server.Audit;
using Sosia.Server.Json;

namespace Sosia.Server.Endpoints;

/// <summary>Whether the process answers, and whether it can do its work.</summary>
internal static class HealthApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var health = api.MapGroup("/health").WithTags("health").AllowAnonymous().Unrecorded();
        health.MapGet("/live", () => TypedResults.Ok(new HealthShape("live", null))).WithSummary("The process answers");
        health.MapGet("/ready", Ready).WithSummary("The catalogue can be read and the networks are loaded");
    }

    private static Results<Ok<HealthShape>, JsonHttpResult<HealthShape>> Ready(Collection collection)
    {
        try
        {
            collection.Warm();
            collection.Catalogue.Ask(reader => reader.Version);
            if (collection.Store?.Check().FirstOrDefault(check => !check.Ok) is { } wrong)
                return NotReady($"store: {wrong.Name}");
            return TypedResults.Ok(new HealthShape("ready", null, StoreShape.Of(collection.Store?.Facts())));
        }
        catch (Exception notYet) when (notYet is CatalogueException or ModelException)
        {
            // Without a key anybody may ask: the kind of trouble, and no paths.
            return NotReady(notYet is CatalogueException catalogue ? $"catalogue: {Names.Of(catalogue.Problem)}" : "models");
        }
    }

    private static JsonHttpResult<HealthShape> NotReady(string why) =>
        TypedResults.Json(new HealthShape("not ready", why), statusCode: StatusCodes.Status503ServiceUnavailable);
}
