using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Sosia.Server.Errors;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Safety.Admission;

/// <summary>How often one key may ask, or one address that has none. Health is always told.</summary>
internal static class RateLimits
{
    /// <summary>Seconds of requests that may come at once: a page that scrolls asks for hundreds of pictures.</summary>
    private const int Burst = 10;

    public static void Set(RateLimiterOptions limiter, int perSecond)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (rejected, _) =>
            new(Problems.Write(rejected.HttpContext, ProblemException.Busy("Too many requests with this key; come again in a moment.", 1)));
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.Request.Path.StartsWithSegments("/api/v1/health")
                ? RateLimitPartition.GetNoLimiter("health")
                : RateLimitPartition.GetTokenBucketLimiter(
                    NameOf(context),
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokensPerPeriod = Math.Max(1, perSecond / 10),
                        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
                        TokenLimit = Math.Max(1, perSecond * Burst),
                        QueueLimit = 0,
                    }
                )
        );
    }

    private static string NameOf(HttpContext context) =>
        Caller.Of(context.User) is { } caller
            ? "key " + caller.KeyId
            : string.Create(CultureInfo.InvariantCulture, $"address {context.Connection.RemoteIpAddress}");
}
