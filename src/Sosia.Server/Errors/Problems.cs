using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Sosia.Server.Json;

namespace Sosia.Server.Errors;

/// <summary>Every error leaves as a problem document, whoever made it: an endpoint, the library, or the framework.</summary>
internal sealed partial class Problems(ILogger<Problems> log) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            return true; // nobody listens any more
        if (ProblemException.From(exception) is not { } problem)
        {
            LogUnexpected(log, httpContext.Request.Method, httpContext.Request.Path, exception);
            problem = new ProblemException("internal", 500, "Something went wrong that should not; the server's log says what.");
        }
        await Write(httpContext, problem);
        return true;
    }

    /// <summary>Gives an answer of the framework its problem document: a status without a body.</summary>
    public static Task Explain(StatusCodeContext answer) => Write(answer.HttpContext, OfStatus(answer.HttpContext.Response.StatusCode));

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
            JsonSerializer.SerializeToUtf8Bytes(document, ServerJson.Relaxed.ProblemShape),
            context.RequestAborted
        );
    }

    private static ProblemException OfStatus(int status) =>
        status switch
        {
            401 => new("key-needed", 401, "This server needs an API key: Authorization: Bearer KEY."),
            403 => new("forbidden", 403, "This is not allowed."),
            404 => new("not-found", 404, "There is nothing at this address."),
            405 => new("wrong-method", 405, "This address does not know this method."),
            413 => new("too-large", 413, "The body is larger than this server takes."),
            415 => new("wrong-media-type", 415, "This address takes another kind of body; see its description."),
            416 => new("range", 416, "The file has no such range."),
            429 => ProblemException.Busy("Too many requests; come again in a moment.", seconds: 1),
            504 => ProblemException.TooSlow(),
            >= 500 => new("internal", status, "Something went wrong that should not; the server's log says what."),
            _ => new("bad-request", status, "The request can't be read."),
        };

    /// <summary>"query-gone" is "Query gone".</summary>
    private static string Title(string type) => char.ToUpperInvariant(type[0]) + type[1..].Replace('-', ' ');

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, Exception error);
}
