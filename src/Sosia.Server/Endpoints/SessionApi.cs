using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Safety;

namespace Sosia.Server.Endpoints;

/// <summary>Signing in with the key, for browsers.</summary>
internal static class SessionApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("session");
        session.MapGet("", Get).AllowAnonymous().WithSummary("Whether a key is needed, and whether this browser is signed in");
        session.MapPost("", SignIn).AllowAnonymous().WithSummary("Sign in with the key");
        session.MapDelete("", SignOut).WithSummary("Sign out");
    }

    private static Ok<SessionShape> Get(HttpContext context, KeyFile key, Sessions sessions)
    {
        var session = sessions.Find(context.Request.Cookies[Sessions.Cookie]);
        return TypedResults.Ok(new SessionShape(key.Exists, !key.Exists || session is not null, session?.Antiforgery));
    }

    private static Ok<SessionShape> SignIn(KeyBody body, HttpContext context, KeyFile key, Sessions sessions, Attempts attempts)
    {
        if (!key.Exists) return TypedResults.Ok(new SessionShape(false, true, null));
        attempts.Check();
        if (!key.Matches(body.Key))
        {
            attempts.Note();
            throw new ProblemException("wrong-key", 401, "This is not the API key of this server.");
        }
        sessions.End(context.Request.Cookies[Sessions.Cookie]);
        var (token, session) = sessions.Start();
        context.Response.Cookies.Append(Sessions.Cookie, token, Cookie(context));
        return TypedResults.Ok(new SessionShape(true, true, session.Antiforgery));
    }

    private static NoContent SignOut(HttpContext context, Sessions sessions)
    {
        sessions.End(context.Request.Cookies[Sessions.Cookie]);
        context.Response.Cookies.Delete(Sessions.Cookie, Cookie(context));
        return TypedResults.NoContent();
    }

    private static CookieOptions Cookie(HttpContext context) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", IsEssential = true };
}
