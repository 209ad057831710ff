using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Sosia.Server.Safety;

/// <summary>Signed-in browsers. In memory: when the server ends, everybody is signed out.</summary>
internal sealed class Sessions(TimeProvider clock, Collection collection)
{
    private const int TokenBytes = 32,
        Most = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, Session> _byHash = new(StringComparer.Ordinal);

    /// <summary>
    /// The cookie's name: its own for each collection, because a browser sends the cookies of one port to all others of the same host.
    /// </summary>
    public string Cookie { get; } = $"sosia-{HashOf(Path.GetFullPath(collection.Directory))[..8]}";

    /// <summary>The session of a request's cookie; null where there is none.</summary>
    public Session? Of(HttpRequest request) => Find(request.Cookies[Cookie]);

    /// <returns>The cookie's value, and the session.</returns>
    public (string Token, Session Session) Start()
    {
        foreach (var (hash, old) in _byHash)
            if (old.Expires <= clock.GetUtcNow() || _byHash.Count >= Most)
                _byHash.TryRemove(hash, out _);
        var token = NewToken();
        var session = new Session(NewToken(), clock.GetUtcNow() + Lifetime);
        _byHash[HashOf(token)] = session;
        return (token, session);
    }

    /// <summary>The session of a cookie's value. Looked up by hash, so that time says nothing about it.</summary>
    private Session? Find(string? token) =>
        token is { Length: > 0 and <= 128 } && _byHash.TryGetValue(HashOf(token), out var session) && session.Expires > clock.GetUtcNow()
            ? session
            : null;

    public void End(string? token)
    {
        if (token is { Length: > 0 and <= 128 })
            _byHash.TryRemove(HashOf(token), out _);
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>A signed-in browser.</summary>
/// <param name="Antiforgery">What a request that changes something carries in a header, which another site's page can't know.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record Session(string Antiforgery, DateTimeOffset Expires)
{
    public const string Header = "X-Sosia-Antiforgery";

    public bool Allows(string? header) =>
        header is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(Antiforgery));
}
