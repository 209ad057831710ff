using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Queries;
using Sosia.Server.Safety.Admission;
using Sosia.Server.Searching;

namespace Sosia.Server.Endpoints;

/// <summary>Search: by uploads, stored photos and faces, alone or together.</summary>
internal static class SearchApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/search", Search)
            .Accepts<SearchBody>("application/json", "multipart/form-data")
            .Produces<SearchShape>()
            .WithTags("search")
            .TakesPhotos()
            .WithSummary("Find the photos in which a person appears, or those that look alike");
        api.MapGet("/search", Link).WithTags("search").WithSummary("The same for links");
    }

    private static async Task<Ok<SearchShape>> Search(
        HttpContext context,
        Searcher searcher,
        ServerOptions options,
        BodyBudget budget,
        CancellationToken cancellation
    )
    {
        var request = context.Request;
        if (request.HasJsonContentType())
            return TypedResults.Ok(await searcher.AnswerAsync(await Read(request, cancellation), context));
        using var uploads = await Uploads.ReadAsync(request, options, budget, cancellation);
        var uploaded = new List<ReferenceBody>();
        foreach (var photo in uploads.Photos)
            uploaded.Add(new ReferenceBody((await searcher.Upload(photo, cancellation)).Id, null, null));
        var body = uploads.Options ?? new SearchBody(null, null, null, null, null, null, null, null, null);
        return TypedResults.Ok(await searcher.AnswerAsync(body with { References = [.. uploaded, .. body.References ?? []] }, context));
    }

    private static async Task<Ok<SearchShape>> Link([AsParameters] SearchLink link, Searcher searcher, HttpContext context) =>
        TypedResults.Ok(await searcher.AnswerAsync(link.ToBody(), context));

    private static async Task<SearchBody?> Read(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await request.ReadFromJsonAsync(ServerJson.Default.SearchBody, cancellation);
        }
        catch (JsonException error)
        {
            throw ProblemException.BadRequest($"The JSON can't be read: {error.Message}");
        }
    }
}

/// <summary>A search as the parameters of a link.</summary>
internal sealed record SearchLink(
    long[]? Face,
    long[]? Photo,
    string[]? Query,
    int? QueryFace,
    long[]? Not,
    int? Limit,
    float? Threshold,
    bool? BelowThreshold,
    string[]? Under,
    string? Combine,
    bool? Expand,
    bool? Curve,
    string? By,
    string? From,
    string? To,
    string? Sort,
    bool? Unfold
)
{
    public SearchBody ToBody() =>
        new(
            [
                .. (Query ?? []).Select((query, i) => new ReferenceBody(query, null, i == 0 ? QueryFace : null)),
                .. (Photo ?? []).Select(photo => new ReferenceBody(null, photo, null)),
                .. (Face ?? []).Select(face => new ReferenceBody(null, null, face)),
            ],
            [.. (Not ?? []).Select(face => new ReferenceBody(null, null, face))],
            Limit,
            Threshold,
            BelowThreshold,
            Under,
            Combine,
            Expand,
            Curve,
            By,
            From,
            To,
            Sort,
            Unfold
        );
}
