using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Sosia.Server.Errors;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Safety.SignIn;

/// <summary>Lets in programs that send a key, or the token of this start, with every request.</summary>
internal sealed class KeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    AccessKeys keys,
    Attempts attempts
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Bearer";
    private const string Begin = "Bearer ";

    private bool _tooMany;

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var given =
            Request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Begin, StringComparison.Ordinal)
                ? authorization[Begin.Length..]
                : null;
        if (keys.Find(given) is { } caller)
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Name), Name)));
        _tooMany = attempts.AreTooMany(Context.Connection.RemoteIpAddress);
        return Task.FromResult(AuthenticateResult.Fail("wrong key"));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Write(Context, _tooMany ? SignInProblems.TooMany() : keys.Wrong());
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.Write(Context, SignInProblems.NotAllowed(Context));
}
