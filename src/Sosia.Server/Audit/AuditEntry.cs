using Sosia.Search;
using Sosia.Server.Searching;

namespace Sosia.Server.Audit;

/// <summary>What an endpoint knows of its request that the log wants: numbers and names, never images or embeddings.</summary>
/// <param name="context">The request, on its way to its endpoint.</param>
/// <param name="at">When it came.</param>
internal sealed class AuditEntry(HttpContext context, DateTimeOffset at)
{
    /// <summary>When the request came.</summary>
    public DateTimeOffset At => at;

    /// <summary>The route's pattern.</summary>
    public string? Route { get; } = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;

    /// <summary>What the pattern's names stand for in this request: ids.</summary>
    public IReadOnlyList<(string Name, string? Value)> Values { get; } =
    [.. context.Request.RouteValues.Select(value => (value.Key, value.Value?.ToString()))];

    /// <summary>Who signed in by this request.</summary>
    public string? Who { get; set; }

    /// <summary>How many results the answer has, or how many things were changed.</summary>
    public int? Results { get; set; }

    /// <summary>Who was searched for.</summary>
    public Person? Person { get; private set; }

    /// <summary>What was found.</summary>
    public SearchResult? Found { get; private set; }

    /// <summary>The entry of a request; one that nobody reads where nothing is written down.</summary>
    public static AuditEntry Of(HttpContext context) => context.Features.Get<AuditEntry>() ?? new(context, default);

    /// <summary>Notes a search.</summary>
    public void Note(Person person, SearchResult? found)
    {
        (Person, Found) = (person, found);
        Results ??= found?.Found;
    }
}

/// <summary>Which routes are not written down.</summary>
internal static class AuditRoutes
{
    /// <summary>
    /// Leaves a route out of the log: the small pictures of a page of results are as many as its results, which the log has.
    /// </summary>
    public static TBuilder Unrecorded<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Left());

    /// <summary>Whether requests to a route are written down.</summary>
    public static bool IsRecorded(Endpoint? endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { } route }
        && route.StartsWith("/api/", StringComparison.Ordinal)
        && endpoint.Metadata.GetMetadata<Left>() is null;

    private sealed record Left;
}
