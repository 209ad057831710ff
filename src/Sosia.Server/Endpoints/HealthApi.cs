using Microsoft.AspNetCore.Http.HttpResults;
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
        if (CollectionHealthCheck.ProblemOf(collection) is { } problem)
            return TypedResults.Json(new HealthShape("not ready", problem), statusCode: StatusCodes.Status503ServiceUnavailable);
        return TypedResults.Ok(new HealthShape("ready", null, StoreShape.Of(collection.Store?.Facts())));
    }
}
