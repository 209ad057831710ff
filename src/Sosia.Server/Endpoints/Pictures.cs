using Microsoft.Net.Http.Headers;
using Sosia.Photos;
using Sosia.Server.Errors;

namespace Sosia.Server.Endpoints;

/// <summary>Small pictures that a browser may keep for a while, and asks about afterwards.</summary>
internal static class Pictures
{
    // Short, because what was forgotten should not stay in a browser for long.
    private const string Caching = "private, max-age=600";

    public static int CheckSide(int side, int[] sides) =>
        sides.Contains(side)
            ? side
            : throw ProblemException.BadRequest($"Expected `side` to be one of {string.Join(", ", sides)}, got {side}.");

    /// <param name="context">The request: its <c>If-None-Match</c>.</param>
    /// <param name="tag">Names the picture and no other.</param>
    /// <param name="make">Makes it, unless the browser has it.</param>
    /// <param name="type">Its media type.</param>
    public static async Task<IResult> Answer(HttpContext context, string tag, Func<Task<byte[]>> make, string type = "image/webp")
    {
        var etag = new EntityTagHeaderValue($"\"{tag}\"");
        context.Response.Headers.CacheControl = Caching;
        if (
            context
                .Request.GetTypedHeaders()
                .IfNoneMatch.Any(known => known.Compare(etag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any))
        )
        {
            context.Response.Headers.ETag = etag.ToString();
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }
        try
        {
            return TypedResults.Bytes(await make(), type, entityTag: etag);
        }
        catch (UnreadablePhotoException gone)
        {
            throw PhotosApi.Gone(gone);
        }
    }
}
