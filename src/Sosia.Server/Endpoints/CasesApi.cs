using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Queries;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;
using Sosia.Server.Searching;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>Searches that are kept.</summary>
internal static class CasesApi
{
    private const int MostFaces = 64,
        MostMatches = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var cases = api.MapGroup("/cases").WithTags("cases");
        cases.MapGet("", List).WithSummary("All cases");
        cases.MapGet("/{name}", Get).WithSummary("A case, with its references and what was rejected");
        cases.MapGet("/{name}/matches", Look).WithSummary("What a case finds; nothing counts as shown");
        cases.MapPost("/{name}/matches", Matches).Needs(Scope.Review).WithSummary("What a case finds, which counts as shown from then on");
        cases.MapPost("", New).Needs(Scope.Review).WithSummary("Make a case");
        cases.MapPost("/{name}", Change).Needs(Scope.Review).WithSummary("Change a case's purpose or end; close it, or open it again");
        cases.MapPost("/{name}/faces", Judge).Needs(Scope.Review).WithSummary("Add references for or against, or reject what was found");
        cases.MapDelete("/{name}", Delete).Needs(Scope.Manage).WithSummary("Delete a case for good");
    }

    private static Ok<ItemsShape<CaseShape>> List(Collection collection) =>
        TypedResults.Ok(new ItemsShape<CaseShape>([.. collection.People.Cases.List().Select(ToCaseShape.Case)]));

    private static Ok<CaseDetailsShape> Get(string name, Collection collection) =>
        TypedResults.Ok(ToCaseShape.Details(collection.People.Cases.Find(name)));

    private static Task<Ok<CaseMatchesShape>> Look(
        string name,
        bool? @new,
        int? limit,
        Collection collection,
        Searches searches,
        HttpContext context
    ) => Answer(name, new CaseMatchesBody(@new, limit), peek: true, collection, searches, context);

    private static Task<Ok<CaseMatchesShape>> Matches(
        string name,
        CaseMatchesBody body,
        Collection collection,
        Searches searches,
        HttpContext context
    ) => Answer(name, body, peek: false, collection, searches, context);

    private static async Task<Ok<CaseMatchesShape>> Answer(
        string name,
        CaseMatchesBody body,
        bool peek,
        Collection collection,
        Searches searches,
        HttpContext context
    )
    {
        var limit = body.Limit ?? SearchOptions.DefaultLimit;
        if (limit is < 1 or > MostMatches)
            throw ProblemException.BadRequest($"Expected a limit of 1 to {MostMatches}, got {limit}.");
        var of = collection.People.Cases.Find(name);
        var found = await searches.Queue.Run(
            ended => collection.People.Cases.Matches(of, new SearchOptions { Limit = limit }, body.New ?? false, peek, ended),
            context.RequestAborted
        );
        AuditEntry.Of(context).Results = found.Matches.Count;
        return TypedResults.Ok(ToCaseShape.Matches(found));
    }

    private static async Task<Ok<CaseDetailsShape>> New(CaseBody body, Collection collection, QueryStore queries)
    {
        var details = new CaseDetails(body.Name ?? throw ProblemException.BadRequest("Expected a `name`."), body.Purpose, body.Expires);
        var (references, negatives) = (Photos(body.References, collection, queries), Photos(body.Negatives, collection, queries));
        var made = await OnAThread.Run(() => collection.People.Cases.New(details, references, negatives));
        return TypedResults.Ok(ToCaseShape.Details(collection.People.Cases.Find(made.Row.Id.ToString())));
    }

    private static async Task<Ok<CaseDetailsShape>> Judge(string name, CaseFacesBody body, Collection collection, QueryStore queries)
    {
        var role = body.Role switch
        {
            "for" => CaseRole.For,
            "against" => CaseRole.Against,
            "rejected" => CaseRole.Rejected,
            _ => throw ProblemException.BadRequest($"Expected `role` to be for, against or rejected, got '{body.Role}'."),
        };
        var of = collection.People.Cases.Find(name);
        var photos = Photos(body.References, collection, queries);
        if (photos.Length == 0)
            throw ProblemException.BadRequest($"Expected 1 to {MostFaces} references.");
        await OnAThread.Run(() => collection.People.Cases.Judge(of, photos, role));
        return Get(of.Row.Id.ToString(), collection);
    }

    private static async Task<Ok<CaseDetailsShape>> Change(string name, CaseChangeBody body, Collection collection)
    {
        var of = collection.People.Cases.Find(name);
        var details = of.Row.Details;
        var changed = details with
        {
            Purpose = body.Purpose ?? details.Purpose,
            Expires = body.Expires ?? details.Expires,
            IsClosed = body.Closed ?? details.IsClosed,
        };
        await OnAThread.Run(() => collection.People.Cases.Describe(of, changed));
        return Get(of.Row.Id.ToString(), collection);
    }

    private static async Task<NoContent> Delete(string name, Collection collection)
    {
        var of = collection.People.Cases.Find(name);
        await OnAThread.Run(() =>
        {
            collection.People.Cases.Delete(of);
            return collection.Maintenance.BeginToOverwrite(); // goes on in the background
        });
        return TypedResults.NoContent();
    }

    private static QueryPhoto[] Photos(IReadOnlyList<ReferenceBody>? references, Collection collection, QueryStore queries)
    {
        if (references is { Count: > MostFaces })
            throw ProblemException.BadRequest($"Expected at most {MostFaces} references.");
        return [.. (references ?? []).Select(reference => Person.Resolve(reference, collection, queries).Photo)];
    }
}
