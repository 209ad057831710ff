using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Sosia.Server.Safety.Transport;

/// <summary>What a proxy says of who asks is believed of the proxies that were named, and of nobody else.</summary>
internal static class Proxy
{
    public static void UseNamedProxies(this WebApplication app, ServerOptions options)
    {
        if (options.BehindProxy.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            // The public address is known by its option: no header says it.
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = 1,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var address in options.BehindProxy)
        {
            forwarded.KnownProxies.Add(address);
            forwarded.KnownProxies.Add(address.MapToIPv6());
        }
        app.Use(
            (context, next) =>
            {
                context.Features.Set(new Peer(context.Connection.RemoteIpAddress));
                return next(context);
            }
        );
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>Whether a request comes from a proxy that was named, or from this machine itself.</summary>
    public static bool IsFromKnown(HttpContext context, ServerOptions options)
    {
        var peer = context.Features.Get<Peer>()?.Address ?? context.Connection.RemoteIpAddress;
        if (peer is null)
            return false;
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return IPAddress.IsLoopback(address) || options.BehindProxy.Contains(address);
    }

    /// <summary>Who is at the other end of the connection, before a header said otherwise.</summary>
    private sealed record Peer(IPAddress? Address);
}
