using Microsoft.AspNetCore.Authorization;
using Sosia.Server.Errors;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Safety.SignIn;

/// <summary>What is said to who is not let in.</summary>
internal static class SignInProblems
{
    public static ProblemException TooMany() => ProblemException.Busy("Too many wrong keys from your address; wait a minute.", seconds: 60);

    /// <summary>The answer to a key that allows less than the route needs.</summary>
    public static ProblemException NotAllowed(HttpContext context)
    {
        var needed = context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().LastOrDefault(data => data.Policy is not null);
        var may = Caller.Of(context.User)?.May.ToString().ToLowerInvariant();
        return new ProblemException(
            "forbidden",
            403,
            $"This needs a key that may {needed?.Policy ?? "do more"}, and yours may {may}: `sosia keys add NAME --may "
                + $"{needed?.Policy ?? "manage"}` makes one."
        );
    }
}
