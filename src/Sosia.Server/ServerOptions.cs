using System.Net;
using Sosia.Hosting;
using Sosia.Server.Safety.Transport;

namespace Sosia.Server;

/// <summary>How a collection is served.</summary>
public sealed record ServerOptions
{
    /// <summary>The port when nobody says.</summary>
    public const int DefaultPort = 5080;

    /// <summary>Where to listen. Anything but loopback needs a key.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The certificate for TLS; null to speak plainly.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>Proxies that are believed what they say of who asks; with them nobody else is answered but this machine itself.</summary>
    public IReadOnlyList<IPAddress> BehindProxy { get; init; } = [];

    /// <summary>
    /// The address at which the proxy gives this server to the world, as <c>https://photos.example/sosia</c>; null without a proxy.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Speak plainly on an address that others reach: photos and keys can then be read on the way.</summary>
    public bool Insecure { get; init; }

    /// <summary>The path of <see cref="PublicUrl"/>, without a slash at its end; empty for the root.</summary>
    internal string BasePath => PublicUrl?.AbsolutePath.TrimEnd('/') ?? "";

    /// <summary>Names by which browsers may ask for the server, beside localhost and, with an API key, its addresses.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// Folders that may be indexed through the server, beside the user's home and those in which the collection knows files; full paths.
    /// </summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>How long an uploaded photo stays in memory.</summary>
    public TimeSpan QueryLifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Memory for uploaded photos, in bytes; beyond it the oldest go before their time.</summary>
    public long QueryMemory { get; init; } = 64L << 20;

    /// <summary>Largest body of a request that brings photos, in bytes; of any other it is 1 MiB.</summary>
    public long MaxBody { get; init; } = 64L << 20;

    /// <summary>Memory for bodies that are being read, in bytes; who comes when there is none left waits.</summary>
    public long BodyMemory { get; init; } = 128L << 20;

    /// <summary>Most pixels of an uploaded photo; the collection's own limit holds too.</summary>
    public long MaxUploadPixels { get; init; } = 100_000_000;

    /// <summary>Most memory for decoding an uploaded photo, in bytes; the collection's own limit holds too.</summary>
    public long MaxUploadMemory { get; init; } = 512L << 20;

    /// <summary>Parts of a multipart body, at most.</summary>
    public int MaxParts { get; init; } = 20;

    /// <summary>Connections at once, at most; fewer where the process may open fewer files. More wait.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Requests a second with one key, ten seconds' worth at once; more are told to come again.</summary>
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>Time for one request, events and downloads apart.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for making one small picture.</summary>
    public TimeSpan PictureTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Photos worked on by the networks at once.</summary>
    public int Inferences { get; init; } = Environment.ProcessorCount;

    /// <summary>Photos that may wait for the networks; who comes then is told to come again.</summary>
    public int Waiting { get; init; } = 8;

    /// <summary>
    /// Write down who asks what, without images and embeddings, in <c>audit.ndjson</c> in the collection's directory.
    /// </summary>
    public bool Audit { get; init; }

    /// <summary>Used for times and expiry.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="OptionException">A setting that makes no sense, or one that would open faces to everybody.</exception>
    public void Check(bool hasKey)
    {
        CheckWhoReachesIt(hasKey);
        if (Port is < 0 or > 65535)
            throw new OptionException($"The port must lie between 0 and 65535, got {Port}.");
        if (Allow.FirstOrDefault(folder => !Path.IsPathFullyQualified(folder)) is { } relative)
            throw new OptionException($"Expected a full path to allow, got '{relative}'.");
        if (
            QueryLifetime <= TimeSpan.Zero
            || QueryMemory < 1
            || MaxBody < 1
            || MaxParts < 1
            || MaxConnections < 1
            || BodyMemory < 1
            || MaxUploadPixels < 1
            || MaxUploadMemory < 1
            || RequestsPerSecond < 1
            || PictureTime <= TimeSpan.Zero
            || RequestTime <= TimeSpan.Zero
            || Inferences < 1
            || Waiting < 0
        )
            throw new OptionException("Limits of the server must be 1 or more.");
    }

    private void CheckWhoReachesIt(bool hasKey)
    {
        const string MakeOne = "make one with `sosia keys add NAME --may manage`";
        var isPublic = !IPAddress.IsLoopback(Address);
        if (!hasKey && isPublic)
            throw new OptionException($"Listening on {Address} needs an API key, for others could reach the collection: {MakeOne}.");
        if (!hasKey && (BehindProxy.Count > 0 || PublicUrl is not null))
            throw new OptionException($"A server behind a proxy needs an API key, for others could reach the collection: {MakeOne}.");
        if (PublicUrl is { } url && (url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0))
            throw new OptionException($"Expected a public address as https://photos.example/sosia, got '{url}'.");
        if (BehindProxy.Count > 0 != PublicUrl is not null && Certificate is null)
            throw new OptionException(
                "--behind-proxy ADDRESS and --public-url URL belong together: the one says whom to believe, the other under which address "
                    + "browsers come."
            );
        if (Insecure)
            return;
        if (PublicUrl?.Scheme == Uri.UriSchemeHttp)
            throw new OptionException(
                $"At {PublicUrl} photos and keys could be read on the way: give the proxy a certificate and an https address, or use "
                    + "--insecure on a network that you trust."
            );
        if (isPublic && Certificate is null && BehindProxy.Count == 0)
            throw new OptionException(
                $"Listening on {Address} without TLS lets others read photos and keys on the way: give --certificate FILE, name the proxy "
                    + "that has one with --behind-proxy ADDRESS and --public-url URL, or use --insecure on a network that you trust."
            );
    }
}
