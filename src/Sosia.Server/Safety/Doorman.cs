using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Sosia.Server.Errors;

namespace Sosia.Server.Safety;

/// <summary>Says who asks: a program with the key or the token of this start, or a browser that signed in with it.</summary>
internal sealed class Doorman(AccessKey key, Sessions sessions) : IAuthenticationHandler
{
    public const string Scheme = "Sosia";

    private HttpContext _context = null!;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync() =>
        Task.FromResult(
            Who() is { } name
                ? AuthenticateResult.Success(
                    new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme)), Scheme)
                )
                : AuthenticateResult.NoResult()
        );

    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        _context.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemMiddleware.Write(_context, _context.Request.Headers.Authorization.Count > 0 ? key.Wrong() : key.Needed());
    }

    public Task ForbidAsync(AuthenticationProperties? properties) =>
        ProblemMiddleware.Write(_context, new("forbidden", 403, "This is not allowed."));

    /// <summary>
    /// A request that changes something, from a signed-in browser, carries the session's token: another site's page can't know it.
    /// </summary>
    public static Task CheckAntiforgery(HttpContext context, RequestDelegate next)
    {
        if (IsRead(context.Request.Method) || context.Request.Headers.Authorization.Count > 0)
            return next(context);
        var session = context.RequestServices.GetRequiredService<Sessions>().Of(context.Request);
        return session is null || session.Allows(context.Request.Headers[Session.Header])
            ? next(context)
            : throw new ProblemException(
                "antiforgery",
                403,
                $"The header {Session.Header} is missing or wrong; GET /api/v1/session gives its value."
            );
    }

    private string? Who()
    {
        if (_context.Request.Headers.Authorization is { Count: > 0 } authorization)
            return
                authorization is [{ } bearer]
                && bearer.StartsWith("Bearer ", StringComparison.Ordinal)
                && key.Opens(bearer["Bearer ".Length..])
                ? "key"
                : null;
        return sessions.Of(_context.Request) is null ? null : "page";
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
