using Microsoft.AspNetCore.Http.Timeouts;
using Sosia.Server.Json;

namespace Sosia.Server.Errors;

/// <summary>Every error leaves as a problem document, whoever made it: an endpoint, the library, or routing.</summary>
internal static partial class ProblemMiddleware
{
    public static async Task Invoke(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await Write(context, OfStatus(context.Response.StatusCode));
        }
        catch (OperationCanceledException)
            when (context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true
                && !context.Response.HasStarted
            )
        {
            await Write(context, TooSlow());
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            if (ProblemException.From(error) is not { } problem)
            {
                LogUnexpected(
                    context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Sosia.Server"),
                    context.Request.Method,
                    context.Request.Path,
                    error
                );
                problem = new ProblemException("internal", 500, "Something went wrong that should not; the server's log says what.");
            }
            await Write(context, problem);
        }
    }

    public static async Task Write(HttpContext context, ProblemException problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.ETag = default;
        if (problem.RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString();
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        var document = new ProblemShape(
            $"urn:sosia:problem:{problem.Type}",
            Title(problem.Type),
            problem.Status,
            problem.Message,
            problem.Reason
        );
        await response.Body.WriteAsync(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(document, ServerJson.Relaxed.ProblemShape),
            context.RequestAborted
        );
    }

    private static ProblemException OfStatus(int status) =>
        status switch
        {
            401 => new("key-needed", 401, "This server needs its API key: Authorization: Bearer KEY."),
            403 => new("forbidden", 403, "This is not allowed."),
            404 => new("not-found", 404, "There is nothing at this address."),
            405 => new("wrong-method", 405, "This address does not know this method."),
            413 => new("too-large", 413, "The body is larger than this server takes."),
            415 => new("wrong-media-type", 415, "This address takes another kind of body; see its description."),
            416 => new("range", 416, "The file has no such range."),
            504 => TooSlow(), // the framework's own answer when a request's time is over
            >= 500 => new("internal", status, "Something went wrong that should not; the server's log says what."),
            _ => new("bad-request", status, "The request can't be read."),
        };

    private static ProblemException TooSlow() => new("too-slow", 504, "The request took longer than this server allows and was cancelled.");

    /// <summary>"query-gone" is "Query gone".</summary>
    private static string Title(string type) => char.ToUpperInvariant(type[0]) + type[1..].Replace('-', ' ');

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, Exception error);
}
