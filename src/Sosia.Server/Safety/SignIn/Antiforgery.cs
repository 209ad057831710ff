using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Sosia.Server.Errors;

namespace Sosia.Server.Safety.SignIn;

/// <summary>
/// A request that changes something, from a signed-in browser, carries the session's token in a header: another site's page can't know it.
/// </summary>
internal static class Antiforgery
{
    public const string Header = "X-Sosia-Antiforgery";
    private const string Item = "antiforgery";
    private const int TokenBytes = 32;

    /// <summary>What a new session keeps.</summary>
    public static AuthenticationProperties NewSession() =>
        new() { Items = { [Item] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)) } };

    /// <summary>The token of a session.</summary>
    public static string? TokenOf(AuthenticationProperties? session) =>
        session?.Items.TryGetValue(Item, out var token) == true ? token : null;

    public static Task Check(HttpContext context, RequestDelegate next)
    {
        if (IsRead(context.Request.Method) || context.Request.Headers.Authorization.Count > 0)
            return next(context);
        var signedIn = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult;
        return signedIn?.Succeeded != true || IsSame(TokenOf(signedIn.Properties), context.Request.Headers[Header])
            ? next(context)
            : throw new ProblemException(
                "antiforgery",
                403,
                $"The header {Header} is missing or wrong; GET /api/v1/session gives its value."
            );
    }

    private static bool IsSame(string? expected, string? given) =>
        expected is not null
        && given is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
