using System.Security.Cryptography;
using System.Text;
using Sosia.Server.Errors;

namespace Sosia.Server.Safety;

/// <summary>What opens the server: the API key that is kept with the collection, else a token that is made for this start.</summary>
internal sealed class AccessKey
{
    private const int TokenBytes = 24,
        LongestToken = 256;

    private readonly KeyFile _kept;
    private readonly byte[]? _hash;

    public AccessKey(KeyFile kept)
    {
        _kept = kept;
        if (kept.Exists)
            return;
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _hash = Hash(Token);
    }

    /// <summary>
    /// Whether the key is kept with the collection: only then may others than this machine's user ask, directly or through a proxy.
    /// </summary>
    public bool IsKept => _kept.Exists;

    /// <summary>The token of this start; null where there is an API key.</summary>
    public string? Token { get; }

    /// <summary>Whether this opens the server, in constant time.</summary>
    public bool Opens(string? given) =>
        _hash is null
            ? _kept.Matches(given)
            : given is { Length: > 0 and <= LongestToken } && CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    /// <summary>The answer to a request without it.</summary>
    public ProblemException Needed() =>
        new(
            "key-needed",
            401,
            IsKept
                ? "This server needs its API key: Authorization: Bearer KEY."
                : "This server needs the token of this start: open the address that `sosia serve` printed, or send Authorization: "
                    + "Bearer TOKEN."
        );

    /// <summary>The answer to a request with another.</summary>
    public ProblemException Wrong() =>
        new(
            "wrong-key",
            401,
            IsKept
                ? "This is not the API key of this server."
                : "This is not the token of this start, for each start makes a new one: open the address that `sosia serve` printed last."
        );

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
