using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sosia.Server.Safety;

/// <summary>What one client may ask for before anything of ours runs.</summary>
internal static class Limits
{
    private const int HeaderBytes = 16 << 10,
        Headers = 64,
        LineBytes = 8 << 10;
    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(10),
        IdleTime = TimeSpan.FromMinutes(2);

    public static void Set(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Address, options.Port);
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MaxBody;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestHeaderCount = Headers;
        limits.MaxRequestLineSize = LineBytes;
        limits.RequestHeadersTimeout = HeaderTime;
        limits.KeepAliveTimeout = IdleTime;
    }
}
