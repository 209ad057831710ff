using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Server.Json;
using Sosia.Server.Safety;

namespace Sosia.Server.Endpoints;

/// <summary>Signing in with the key or the token of this start, for browsers.</summary>
internal static class SessionApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("session");
        session.MapGet("", Get).AllowAnonymous().WithSummary("Whether a key is needed, and whether this browser is signed in");
        session.MapPost("", SignIn).AllowAnonymous().WithSummary("Sign in with the key, or the token of this start");
        session.MapDelete("", SignOut).WithSummary("Sign out");
    }

    private static Ok<SessionShape> Get(HttpContext context, Sessions sessions)
    {
        var session = sessions.Of(context.Request);
        return TypedResults.Ok(new SessionShape(true, session is not null, session?.Antiforgery));
    }

    private static Ok<SessionShape> SignIn(KeyBody body, HttpContext context, AccessKey key, Sessions sessions, Attempts attempts)
    {
        attempts.Check();
        if (!key.Opens(body.Key))
        {
            attempts.Note();
            throw key.Wrong();
        }
        sessions.End(context.Request.Cookies[sessions.Cookie]);
        var (token, session) = sessions.Start();
        context.Response.Cookies.Append(sessions.Cookie, token, Cookie(context));
        return TypedResults.Ok(new SessionShape(true, true, session.Antiforgery));
    }

    private static NoContent SignOut(HttpContext context, Sessions sessions)
    {
        sessions.End(context.Request.Cookies[sessions.Cookie]);
        context.Response.Cookies.Delete(sessions.Cookie, Cookie(context));
        return TypedResults.NoContent();
    }

    private static CookieOptions Cookie(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
            IsEssential = true,
        };
}
