using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Indexing;
using Sosia.Server.Errors;
using Sosia.Server.Jobs;
using Sosia.Server.Json;
using Sosia.Server.Safety;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;

namespace Sosia.Server.Endpoints;

/// <summary>Indexing, watched and steered.</summary>
internal static class JobsApi
{
    private const int MostFolders = 100;
    private static readonly TimeSpan AtMost = TimeSpan.FromMilliseconds(200);

    public static void Map(IEndpointRouteBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("jobs").Needs(Scope.Manage);
        jobs.MapPost("", Start).WithSummary("Index folders");
        jobs.MapGet("", List).WithSummary("Jobs of this server, newest first");
        jobs.MapGet("/{id}", Get).WithSummary("One job");
        jobs.MapPost("/{id}/cancel", Cancel).WithSummary("End after the photos in flight");
        jobs.MapPost("/{id}/resume", Resume).WithSummary("Go on where it ended");
        jobs.MapGet("/{id}/events", Events)
            .Produces(200, contentType: "text/event-stream")
            .WithSummary("Progress as it happens")
            .DisableRequestTimeout();
    }

    private static Accepted<JobShape> Start(JobBody body, JobRunner jobs, AllowedFolders allowed, ServerOptions options)
    {
        if (body.Kind != "index")
            throw ProblemException.BadRequest($"Expected `kind` to be index, got '{body.Kind}'.");
        if (body.Folders is not { Count: > 0 and <= MostFolders } folders)
            throw ProblemException.BadRequest($"Expected 1 to {MostFolders} folders.");
        foreach (var folder in folders)
        {
            if (string.IsNullOrEmpty(folder) || folder.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(folder))
                throw ProblemException.BadRequest($"Expected a full path, got '{folder}'.");
            allowed.Check(folder); // first: what is not allowed is not told to exist
            if (!Path.Exists(folder))
                throw new ProblemException(
                    "no-folder",
                    422,
                    $"There is no file or folder {folder}; check the name, or that its disk is mounted."
                );
        }
        return Accepted(
            jobs.Start(
                [.. folders.Select(Path.GetFullPath)],
                new IndexOptions
                {
                    RetryFailed = body.RetryFailed ?? false,
                    Force = body.Force ?? false,
                    Look = body.Look ?? jobs.ByLook,
                }
            ),
            options
        );
    }

    private static Ok<ItemsShape<JobShape>> List(JobRunner jobs) =>
        TypedResults.Ok(new ItemsShape<JobShape>([.. jobs.All.Select(ToShape.Job)]));

    private static Ok<JobShape> Get(string id, JobRunner jobs) => TypedResults.Ok(ToShape.Job(jobs.Find(id).State));

    private static Accepted<JobShape> Cancel(string id, JobRunner jobs, ServerOptions options) => Accepted(jobs.Cancel(id), options);

    private static Accepted<JobShape> Resume(string id, JobRunner jobs, ServerOptions options) => Accepted(jobs.Resume(id), options);

    private static ServerSentEventsResult<string> Events(string id, JobRunner jobs, CancellationToken cancellation) =>
        TypedResults.ServerSentEvents(Follow(jobs.Find(id), cancellation));

    private static async IAsyncEnumerable<SseItem<string>> Follow(Job job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var state in job.Follow(AtMost, cancellation))
            yield return new SseItem<string>(
                JsonSerializer.Serialize(ToShape.Job(state), ServerJson.Relaxed.JobShape),
                state.IsActive ? "progress" : "end"
            );
    }

    public static Accepted<JobShape> Accepted(JobState job, ServerOptions options) =>
        TypedResults.Accepted($"{options.BasePath}/api/v1/jobs/{job.Id}", ToShape.Job(job));
}
