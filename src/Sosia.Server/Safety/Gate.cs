using System.Net;
using Sosia.Server.Errors;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.Transport;

namespace Sosia.Server.Safety;

/// <summary>
/// Turns away what another site's page may have sent, also on loopback: a <c>Host</c> that is not ours (DNS rebinding), an <c>Origin</c>
/// that is not this server, a cross-site fetch of the API. Without an API key also what came through a proxy, for its sender may be
/// anywhere. And tells browsers what the answers may do.
/// </summary>
internal sealed class Gate(ServerOptions options, AccessKeys keys)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
        + "media-src 'self' blob:; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task Invoke(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(Advise, context.Response);
        if (options.BehindProxy.Count > 0 && !Proxy.IsFromKnown(context, options))
            throw new ProblemException("not-the-proxy", 403, "This server answers its proxy and nobody else.");
        if (!IsOurs(context.Request.Host))
            throw new ProblemException("wrong-host", 421, "This server does not go by that name.");
        if (!IsFromHere(context.Request, OriginsOf(context.Request)))
            throw new ProblemException("wrong-origin", 403, "Another site's page may not ask this server.");
        if (!keys.AreKept && CameThroughProxy(context.Request.Headers))
            throw new ProblemException(
                "through-proxy",
                403,
                "This request came through a proxy, and the collection has no API key: make one with `sosia keys add NAME`, or ask "
                    + "the server itself."
            );
        return next(context);
    }

    private static bool CameThroughProxy(IHeaderDictionary headers) =>
        headers.Keys.Any(name =>
            name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Via", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        );

    private static Task Advise(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
        headers.XFrameOptions = "DENY";
        return Task.CompletedTask;
    }

    /// <summary>
    /// A rebound name is a name: loopback goes by three, an address can't be rebound, other names are said when the server starts.
    /// </summary>
    private bool IsOurs(HostString host)
    {
        if (!host.HasValue)
            return false;
        var name = host.Host;
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        if (IPAddress.TryParse(name.Trim('[', ']'), out var address))
            return IPAddress.IsLoopback(address) || (keys.AreKept && options.BehindProxy.Count == 0);
        return options.Hosts.Contains(name, StringComparer.OrdinalIgnoreCase)
            || name.Equals(options.PublicUrl?.Host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// What a page of this server calls itself: as it was asked, or as the proxy gives it to the world. Where a public name was asked for,
    /// its own port and scheme count, which the proxy alone knows.
    /// </summary>
    private string[] OriginsOf(HttpRequest request)
    {
        var asked = $"{request.Scheme}://{request.Host}";
        return options.PublicUrl is { } url ? [asked, url.GetLeftPart(UriPartial.Authority)] : [asked];
    }

    private static bool IsFromHere(HttpRequest request, string[] origins)
    {
        if (
            request.Headers.Origin is { Count: > 0 } origin
            && !(origin is [{ } one] && origins.Contains(one, StringComparer.OrdinalIgnoreCase))
        )
            return false;
        // A link on another site may lead to the page, and to nothing else.
        var from = request.Headers["Sec-Fetch-Site"].ToString();
        return from is "" or "same-origin" or "none"
            || (
                !request.Path.StartsWithSegments("/api")
                && !request.Path.StartsWithSegments("/metrics")
                && request.Headers["Sec-Fetch-Mode"] == "navigate"
                && HttpMethods.IsGet(request.Method)
            );
    }
}
