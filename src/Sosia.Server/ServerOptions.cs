using System.Net;

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

    /// <summary>Largest body of a request, in bytes.</summary>
    public long MaxBody { get; init; } = 64L << 20;

    /// <summary>Parts of a multipart body, at most.</summary>
    public int MaxParts { get; init; } = 20;

    /// <summary>Connections at once, at most.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Time for one request, events and downloads apart.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Photos worked on by the networks at once.</summary>
    public int Inferences { get; init; } = Environment.ProcessorCount;

    /// <summary>Photos that may wait for the networks; who comes then is told to come again.</summary>
    public int Waiting { get; init; } = 8;

    /// <summary>Write down every search, without images, in <c>audit.ndjson</c> in the collection's directory.</summary>
    public bool Audit { get; init; }

    /// <summary>Used for times and expiry.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A setting that makes no sense, or one that would open faces to everybody.</exception>
    public void Check(bool hasKey)
    {
        if (!hasKey && !IPAddress.IsLoopback(Address))
            throw new ArgumentException(
                $"Listening on {Address} needs an API key, for others could reach the collection: make one with `sosia serve --new-key`."
            );
        if (Port is < 0 or > 65535)
            throw new ArgumentException($"The port must lie between 0 and 65535, got {Port}.");
        if (Allow.FirstOrDefault(folder => !Path.IsPathFullyQualified(folder)) is { } relative)
            throw new ArgumentException($"Expected a full path to allow, got '{relative}'.");
        if (
            QueryLifetime <= TimeSpan.Zero
            || QueryMemory < 1
            || MaxBody < 1
            || MaxParts < 1
            || MaxConnections < 1
            || RequestTime <= TimeSpan.Zero
            || Inferences < 1
            || Waiting < 0
        )
            throw new ArgumentException("Limits of the server must be 1 or more.");
    }
}
