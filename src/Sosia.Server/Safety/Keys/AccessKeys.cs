using System.Security.Cryptography;
using System.Text;
using Sosia.Server.Errors;

namespace Sosia.Server.Safety.Keys;

/// <summary>
/// What opens the server: the API keys that are kept with the collection, as they are now; where there was none at the start, a token that
/// was made for this start. Safe for many requests.
/// </summary>
internal sealed partial class AccessKeys
{
    private const int TokenBytes = 24;
    private const string TokenName = "this start";

    private readonly Lock _gate = new();
    private readonly KeyStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ApiKey? _token;
    private readonly Dictionary<string, DateOnly> _noted = new(StringComparer.Ordinal);
    private IReadOnlyList<ApiKey> _keys;
    private (DateTime, long, DateTime, long) _stamp;

    /// <exception cref="Hosting.OptionException">The keys can't be read.</exception>
    public AccessKeys(KeyStore store, TimeProvider clock, ILogger<AccessKeys> log)
    {
        (_store, _clock, _log) = (store, clock, log);
        _stamp = store.Stamp();
        _keys = store.Read();
        if (_keys.Count > 0)
            return;
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _token = new ApiKey(TokenName, Scope.Manage, KeyStore.TryHash(Token)!, clock.GetUtcNow());
    }

    /// <summary>The token of this start; null where there was an API key.</summary>
    public string? Token { get; }

    /// <summary>
    /// Whether keys are kept with the collection: only then may others than this machine's user ask, directly or through a proxy.
    /// </summary>
    public bool AreKept => Token is null || Current().Count > 0;

    /// <summary>Who has this key or token; null when nobody has. Takes the same time whichever it is.</summary>
    public Caller? Find(string? given)
    {
        if (KeyStore.TryHash(given) is not { } hash)
            return null;
        var bytes = Encoding.ASCII.GetBytes(hash);
        ApiKey? found = null;
        foreach (var key in All())
            if (CryptographicOperations.FixedTimeEquals(bytes, Encoding.ASCII.GetBytes(key.Sha256)))
                found = key;
        if (found is null)
            return null;
        NoteUse(found);
        return new Caller(found.Name, found.May, found.Id);
    }

    /// <summary>Whether a key is still one: a session ends when its key is revoked.</summary>
    public bool Holds(Caller caller) => All().Any(key => key.Id == caller.KeyId && key.May == caller.May);

    /// <summary>The answer to a request without a key.</summary>
    public ProblemException Needed() =>
        new(
            "key-needed",
            401,
            Token is null
                ? "This server needs an API key: Authorization: Bearer KEY."
                : "This server needs the token of this start: open the address that `sosia serve` printed, or send Authorization: "
                    + "Bearer TOKEN."
        );

    /// <summary>The answer to a request with a wrong one.</summary>
    public ProblemException Wrong() =>
        new(
            "wrong-key",
            401,
            Token is null
                ? "This is no API key of this server, or one that was revoked."
                : "This is not the token of this start, for each start makes a new one: open the address that `sosia serve` printed last."
        );

    private IEnumerable<ApiKey> All() => _token is null ? Current() : Current().Prepend(_token);

    /// <summary>The keys as they are kept now. What can't be read opens nothing.</summary>
    private IReadOnlyList<ApiKey> Current()
    {
        lock (_gate)
        {
            var stamp = _store.Stamp();
            if (stamp == _stamp)
                return _keys;
            try
            {
                (_keys, _stamp) = (_store.Read(), stamp);
            }
            catch (Exception damaged) when (damaged is ArgumentException or IOException or UnauthorizedAccessException)
            {
                (_keys, _stamp) = ([], stamp);
                LogDamaged(_log, damaged.Message);
            }
            return _keys;
        }
    }

    private void NoteUse(ApiKey key)
    {
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        lock (_gate)
            if (key == _token || (_noted.TryGetValue(key.Id, out var day) && day == today))
                return;
            else
                _noted[key.Id] = today;
        try
        {
            _store.NoteUse(key, today);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A read-only or full disk: the key opens all the same.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The API keys can't be read, so that nobody gets in: {Why}")]
    private static partial void LogDamaged(ILogger logger, string why);
}
