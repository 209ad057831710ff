using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Sosia.Server.Errors;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Safety.SignIn;

/// <summary>Who is let in, and how: a key with every request, or a cookie that a key was given for.</summary>
internal static class SignInServices
{
    private const string Scheme = "Sosia";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>The scheme of signed-in browsers.</summary>
    public const string Browser = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<Attempts>().AddSingleton<Sessions>();
        // Cookies end with the server, and so does what seals them. AddAuthentication would keep keys for that in the user's home.
        services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>().AddWebEncoders();
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = Scheme);
        new AuthenticationBuilder(services)
            .AddPolicyScheme(
                Scheme,
                displayName: null,
                either =>
                    either.ForwardDefaultSelector = context => context.Request.Headers.Authorization.Count > 0 ? KeyHandler.Name : Browser
            )
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Name, configureOptions: null)
            .AddCookie(Browser);
        services.AddOptions<CookieAuthenticationOptions>(Browser).Configure<Collection, ServerOptions, Sessions, AccessKeys>(SetCookie);
        services.AddAuthorization(authorization =>
        {
            foreach (var scope in Enum.GetValues<Scope>())
                authorization.AddPolicy(PolicyOf(scope), policy => policy.RequireAssertion(context => May(context, scope)));
            authorization.FallbackPolicy = authorization.GetPolicy(PolicyOf(Scope.Search));
        });
    }

    /// <summary>Lets only callers in whose key allows this.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, Scope scope)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(PolicyOf(scope));

    private static string PolicyOf(Scope scope) => scope.ToString().ToLowerInvariant();

    private static bool May(AuthorizationHandlerContext context, Scope scope) =>
        Caller.Of(context.User) is { } caller && caller.May >= scope;

    private static void SetCookie(
        CookieAuthenticationOptions cookie,
        Collection collection,
        ServerOptions server,
        Sessions sessions,
        AccessKeys keys
    )
    {
        // Its own for each collection, because a browser sends the cookies of one port to all others of the same host.
        cookie.Cookie.Name = $"sosia-{HashOf(Path.GetFullPath(collection.Directory))[..8]}";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy =
            server.PublicUrl?.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.Cookie.Path = server.BasePath.Length > 0 ? server.BasePath : "/";
        cookie.ExpireTimeSpan = Lifetime;
        cookie.SlidingExpiration = false;
        cookie.TimeProvider = server.Clock;
        cookie.SessionStore = sessions;
        cookie.Events.OnRedirectToLogin = context => Problems.Write(context.HttpContext, keys.Needed());
        cookie.Events.OnRedirectToAccessDenied = context =>
            Problems.Write(context.HttpContext, SignInProblems.NotAllowed(context.HttpContext));
        cookie.Events.OnValidatePrincipal = context =>
        {
            if (Caller.Of(context.Principal) is not { } caller || !keys.Holds(caller))
                context.RejectPrincipal(); // its key was revoked
            return Task.CompletedTask;
        };
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
