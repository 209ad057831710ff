using System.Security.Claims;

namespace Sosia.Server.Safety.Keys;

/// <summary>Who asks, and what that is allowed.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="May">The key's scope.</param>
/// <param name="KeyId">The key; a session ends with it.</param>
internal sealed record Caller(string Name, Scope May, string KeyId)
{
    private const string MayClaim = "may",
        KeyClaim = "key";

    public ClaimsPrincipal ToPrincipal(string scheme) =>
        new(
            new ClaimsIdentity([new Claim(ClaimTypes.Name, Name), new Claim(MayClaim, May.ToString()), new Claim(KeyClaim, KeyId)], scheme)
        );

    /// <summary>Who is signed in; null when nobody is.</summary>
    public static Caller? Of(ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true, Name: { } name }
        && Enum.TryParse<Scope>(principal.FindFirstValue(MayClaim), out var may)
        && principal.FindFirstValue(KeyClaim) is { } key
            ? new Caller(name, may, key)
            : null;
}
