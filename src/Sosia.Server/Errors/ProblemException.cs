using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.People.Names;
using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Search;

namespace Sosia.Server.Errors;

/// <summary>An error as a client gets it; the types are listed in docs/api.md and stay.</summary>
/// <param name="type">What follows <c>urn:sosia:problem:</c>.</param>
/// <param name="status">The status code.</param>
/// <param name="detail">One sentence for people.</param>
internal sealed class ProblemException(string type, int status, string detail) : Exception(detail)
{
    public string Type { get; } = type;

    public int Status { get; } = status;

    /// <summary>The reason a picture can't be read, as under failures.</summary>
    public string? Reason { get; init; }

    /// <summary>Seconds after which it makes sense to come again.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The type of <see cref="Busy"/>.</summary>
    public const string BusyType = "busy";

    public static ProblemException BadRequest(string detail) => new("bad-request", 400, detail);

    public static ProblemException NotFound(string detail) => new("not-found", 404, detail);

    public static ProblemException TooSlow() => new("too-slow", 504, "The request took longer than this server allows and was cancelled.");

    public static ProblemException Busy(string detail, int seconds) => new(BusyType, 429, detail) { RetryAfter = seconds };

    /// <summary>What an error of the library means to a client; null when it means that we are wrong.</summary>
    public static ProblemException? From(Exception error) =>
        error switch
        {
            ProblemException problem => problem,
            AggregateException { InnerException: { } inner } => From(inner),
            QueryException { Problem: QueryProblem.NoFace } => new("no-face", 422, error.Message),
            QueryException { Problem: QueryProblem.TooPoor } => new("face-too-poor", 422, error.Message),
            QueryException { Problem: QueryProblem.NotCalibrated } => new(
                "not-calibrated",
                422,
                "What this model's scores mean is not measured; set `threshold`."
            ),
            QueryException { Problem: QueryProblem.NotIndexedByLook } => new("not-by-look", 422, error.Message),
            QueryException => BadRequest(error.Message),
            UnreadablePhotoException unreadable => new("unreadable", 422, error.Message) { Reason = Json.Names.Of(unreadable.Reason) },
            OriginalChangedException => new("photo-gone", 410, error.Message),
            CatalogueException catalogue => From(catalogue),
            ModelException => new("model", 503, error.Message),
            PeopleException => BadRequest(error.Message),
            OptionException => BadRequest(error.Message), // any other ArgumentException is a mistake of ours
            BadHttpRequestException bad => From(bad),
            _ => null,
        };

    private static ProblemException From(CatalogueException error) =>
        error.Problem switch
        {
            CatalogueProblem.NotFound => NotFound(error.Message),
            CatalogueProblem.Conflict => new("changed-meanwhile", 409, error.Message),
            // Not the library's sentence, which names the other process with its command line.
            CatalogueProblem.Locked => new(
                "collection-locked",
                409,
                "Another process is writing to this collection; try again when it has ended."
            ),
            CatalogueProblem.Missing => new("no-collection", 503, error.Message),
            // Not the library's sentence, which names the server.
            CatalogueProblem.Unavailable => new(
                "store-unavailable",
                503,
                "The database that keeps this collection can't be reached, or refuses; try again later."
            ),
            _ => new("collection-damaged", 503, error.Message),
        };

    private static ProblemException From(BadHttpRequestException error) =>
        error.StatusCode switch
        {
            413 => new("too-large", 413, "The body is larger than this server takes."),
            415 => new("wrong-media-type", 415, "This address takes another kind of body; see its description."),
            408 => new("bad-request", 408, "The body came too slowly."),
            _ => BadRequest(
                error.InnerException is System.Text.Json.JsonException json ? $"The JSON can't be read: {json.Message}" : error.Message
            ),
        };
}
