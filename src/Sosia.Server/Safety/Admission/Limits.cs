using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sosia.Server.Safety.Admission;

/// <summary>What one client may ask for before anything of ours runs.</summary>
internal static class Limits
{
    private const int HeaderBytes = 16 << 10,
        Headers = 64,
        LineBytes = 8 << 10;

    /// <summary>Bytes of a body that the server takes before anybody reads them, for each connection.</summary>
    private const int Buffer = 128 << 10;
    private const int StreamsAConnection = 32;

    /// <summary>JSON, and whatever else is no upload.</summary>
    private const long SmallBody = 1 << 20;

    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(10),
        IdleTime = TimeSpan.FromMinutes(2);

    public static void Set(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(
            options.Address,
            options.Port,
            listen =>
            {
                if (options.Certificate is { } certificate)
                    listen.UseHttps(certificate.ToOptions());
            }
        );
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MaxBody;
        limits.MaxRequestBufferSize = Buffer;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestHeaderCount = Headers;
        limits.MaxRequestLineSize = LineBytes;
        limits.RequestHeadersTimeout = HeaderTime;
        limits.KeepAliveTimeout = IdleTime;
        limits.Http2.InitialConnectionWindowSize = Buffer;
        limits.Http2.InitialStreamWindowSize = Buffer;
        limits.Http2.MaxStreamsPerConnection = StreamsAConnection;
    }

    /// <summary>Marks a route that takes photos.</summary>
    public static TBuilder TakesPhotos<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new PhotosTaken());

    /// <summary>Only photos may be large.</summary>
    public static Task LimitBody(HttpContext context, RequestDelegate next)
    {
        var isUpload = context.GetEndpoint()?.Metadata.GetMetadata<PhotosTaken>() is not null && !context.Request.HasJsonContentType();
        if (!isUpload && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = Math.Min(body.MaxRequestBodySize ?? SmallBody, SmallBody);
        return next(context);
    }

    private sealed record PhotosTaken;
}
