using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Server.Audit;
using Sosia.Server.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;

namespace Sosia.Server.Endpoints;

/// <summary>Signing in with a key or the token of this start, for browsers.</summary>
internal static class SessionApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("session");
        session.MapGet("", (Delegate)Get).AllowAnonymous().Unrecorded().WithSummary("Who is signed in, and what that allows");
        session.MapPost("", SignIn).AllowAnonymous().WithSummary("Sign in with a key, or the token of this start");
        session.MapDelete("", (Delegate)SignOut).WithSummary("Sign out");
    }

    private static async Task<Ok<SessionShape>> Get(HttpContext context)
    {
        var browser = await context.AuthenticateAsync(SignInServices.Browser);
        var caller = Caller.Of(browser.Principal) ?? Caller.Of(context.User);
        return TypedResults.Ok(Shape(browser.Succeeded, caller, Antiforgery.TokenOf(browser.Properties)));
    }

    private static async Task<Ok<SessionShape>> SignIn(KeyBody body, HttpContext context, AccessKeys keys, Attempts attempts)
    {
        if (keys.Find(body.Key) is not { } caller)
            throw attempts.AreTooMany(context.Connection.RemoteIpAddress) ? SignInProblems.TooMany() : keys.Wrong();
        AuditEntry.Of(context).Who = caller.Name;
        var session = Antiforgery.NewSession();
        await context.SignInAsync(SignInServices.Browser, caller.ToPrincipal(SignInServices.Browser), session);
        return TypedResults.Ok(Shape(true, caller, Antiforgery.TokenOf(session)));
    }

    private static async Task<NoContent> SignOut(HttpContext context)
    {
        await context.SignOutAsync(SignInServices.Browser);
        return TypedResults.NoContent();
    }

    private static SessionShape Shape(bool signedIn, Caller? caller, string? antiforgery) =>
        new(true, signedIn, antiforgery, caller?.Name, caller is null ? null : Names.Of(caller.May));
}
