using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Indexing;
using Sosia.Server.Errors;
using Sosia.Server.Jobs;
using Sosia.Server.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;

namespace Sosia.Server.Endpoints;

/// <summary>Files that could not be read, with their reasons.</summary>
internal static class FailuresApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var failures = api.MapGroup("/failures").WithTags("failures");
        failures
            .MapGet("", List)
            .WithMetadata(new Listing.Paged())
            .Produces<ListShape<FailureShape>>()
            .WithSummary("Files that could not be read");
        failures.MapPost("/retry", Retry).Needs(Scope.Manage).WithSummary("Read them again");
    }

    private static Task List(HttpContext context, Collection collection)
    {
        var all = collection.Catalogue.Ask(reader => reader.Failures());
        // In order of path, which has no number: the place in the list is the key. A page may shift by what was retried meanwhile.
        return Listing.Answer(
            context,
            after => all.Skip((int)Math.Min(after, int.MaxValue)).Select(ToShape.Failure),
            PlaceOf,
            all.Count,
            (ServerJson.Relaxed.FailureShape, ServerJson.Relaxed.ListShapeFailureShape)
        );

        long PlaceOf(FailureShape failure) => all.TakeWhile(failed => failed.File.Path != failure.Path).Count() + 1;
    }

    private static Accepted<JobShape> Retry(RetryBody body, Collection collection, JobRunner jobs, ServerOptions options)
    {
        var failed = collection
            .Catalogue.Ask(reader => reader.Failures())
            .Select(failure => failure.File.Path)
            .ToHashSet(StringComparer.Ordinal);
        var paths = body.Paths ?? [.. failed];
        if (paths.Count == 0)
            throw ProblemException.NotFound("No file has failed.");
        if (paths.FirstOrDefault(path => !failed.Contains(path)) is { } other)
            throw ProblemException.NotFound($"{other} is not among the files that failed.");
        var job = jobs.Start(paths, new IndexOptions { RetryFailed = true, Look = jobs.ByLook });
        return JobsApi.Accepted(job, options);
    }
}
