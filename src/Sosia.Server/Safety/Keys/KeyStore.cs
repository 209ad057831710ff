using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Hosting;
using Sosia.Vectors.Files;

namespace Sosia.Server.Safety.Keys;

/// <summary>
/// The API keys of a collection: <c>server.keys</c> in its directory, readable by its owner alone. The one key of earlier versions,
/// <c>server.key</c>, goes on as a key called "server" that may manage. Safe for several processes.
/// </summary>
/// <param name="collection">The collection's directory.</param>
public sealed class KeyStore(string collection)
{
    /// <summary>What the key of earlier versions, and of <c>sosia serve --new-key</c>, is called.</summary>
    public const string FirstName = "server";

    private const string Prefix = "sosia_";
    private const int KeyBytes = 32,
        LongestKey = 256,
        LongestName = 64,
        Most = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _file = Path.Combine(collection, "server.keys");
    private readonly string _used = Path.Combine(collection, "server.keys.used");
    private readonly string _lock = Path.Combine(collection, "server.keys.lock");
    private readonly string _old = Path.Combine(collection, "server.key");

    /// <summary>All keys, in order of name.</summary>
    /// <exception cref="OptionException">A file is there and can't be understood: nobody is let in by accident.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public IReadOnlyList<ApiKey> Read()
    {
        var used = Uses();
        return
        [
            .. ReadKeys()
                .Select(key => key with { LastUsed = used.TryGetValue(key.Id, out var day) ? day : null })
                .OrderBy(key => key.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Makes a key.</summary>
    /// <param name="name">Who gets it.</param>
    /// <param name="may">What it allows.</param>
    /// <param name="now">When it is made.</param>
    /// <param name="replace">Whether a key of this name goes.</param>
    /// <returns>The key: the only time that anybody sees it.</returns>
    /// <exception cref="OptionException">A name that can't be, or one that is taken.</exception>
    public string Add(string name, Scope may, DateTimeOffset now, bool replace = false)
    {
        CheckName(name);
        var key = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        using var alone = Lock();
        var keys = ReadKeys().ToList();
        if (!replace && keys.Exists(known => known.Name == name))
            throw new OptionException($"There is a key called {name} already: revoke it first with `sosia keys revoke {name}`.");
        keys.RemoveAll(known => known.Name == name);
        if (keys.Count >= Most)
            throw new OptionException($"A collection has at most {Most:N0} keys: revoke one first.");
        Write([.. keys, new ApiKey(name, may, HashOf(key), now)]);
        return key;
    }

    /// <summary>Takes a key back: from the next request on it opens nothing, and who signed in with it is signed out.</summary>
    /// <exception cref="OptionException">There is no key of this name.</exception>
    public void Revoke(string name)
    {
        using var alone = Lock();
        var keys = ReadKeys();
        if (keys.All(key => key.Name != name))
            throw new OptionException($"There is no key called {name}; `sosia keys list` shows them.");
        Write([.. keys.Where(key => key.Name != name)]);
    }

    /// <summary>Notes the day on which a key was used. What was revoked meanwhile stays revoked, for this is kept apart.</summary>
    internal void NoteUse(ApiKey key, DateOnly day)
    {
        using var alone = Lock();
        var used = Uses();
        used[key.Id] = day;
        var known = ReadKeys().Select(stored => stored.Id).ToHashSet(StringComparer.Ordinal);
        var kept = used.Where(use => known.Contains(use.Key)).ToDictionary();
        Write(_used, JsonSerializer.SerializeToUtf8Bytes(kept, KeysJson.Default.DictionaryStringDateOnly));
    }

    /// <summary>What the files look like: other when somebody changed them.</summary>
    internal (DateTime, long, DateTime, long) Stamp()
    {
        var (file, old) = (new FileInfo(_file), new FileInfo(_old));
        return (file.LastWriteTimeUtc, file.Exists ? file.Length : -1, old.LastWriteTimeUtc, old.Exists ? old.Length : -1);
    }

    /// <summary>The SHA-256 of a key that somebody gives; null where it can be none.</summary>
    internal static string? TryHash(string? given) => given is { Length: > 0 and <= LongestKey } ? HashOf(given) : null;

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private List<ApiKey> ReadKeys()
    {
        var keys = File.Exists(_file) ? Parse(_file) : [];
        if (File.Exists(_old) && keys.All(key => key.Name != FirstName))
            keys.Add(ReadOld());
        return keys;
    }

    private static List<ApiKey> Parse(string file)
    {
        try
        {
            var keys = JsonSerializer.Deserialize(File.ReadAllBytes(file), KeysJson.Default.KeysFile)?.Keys ?? throw Damaged(file, null);
            var isSound =
                keys.All(key => key is { Name.Length: > 0, Sha256: { Length: 2 * SHA256.HashSizeInBytes } hash } && hash.All(IsLowerHex))
                && keys.DistinctBy(key => key.Name).Count() == keys.Count;
            return isSound ? keys : throw Damaged(file, null);
        }
        catch (JsonException error)
        {
            throw Damaged(file, error);
        }
    }

    private ApiKey ReadOld()
    {
        var hash = File.ReadAllText(_old).Trim().ToLowerInvariant();
        return hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(IsLowerHex)
            ? new ApiKey(FirstName, Scope.Manage, hash, File.GetLastWriteTimeUtc(_old))
            : throw Damaged(_old, null);
    }

    private static bool IsLowerHex(char letter) => char.IsAsciiHexDigitLower(letter);

    private static OptionException Damaged(string file, Exception? error) =>
        new(
            $"{file} holds no keys that can be read{(error is null ? "" : $" ({error.Message})")}; delete it and make new keys with `sosia "
                + "keys add NAME`."
        );

    private Dictionary<string, DateOnly> Uses()
    {
        try
        {
            return File.Exists(_used)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_used), KeysJson.Default.DictionaryStringDateOnly) ?? []
                : [];
        }
        catch (JsonException)
        {
            return []; // only when a key was last used: it is noted again
        }
    }

    private void Write(IReadOnlyList<ApiKey> keys)
    {
        Write(_file, JsonSerializer.SerializeToUtf8Bytes(new KeysFile([.. keys]), KeysJson.Default.KeysFile));
        if (!File.Exists(_old))
            return;
        File.Delete(_old); // its key is in the new file, or was revoked
        DurableNames.Flush(collection);
    }

    private static void Write(string path, byte[] bytes) => DerivedFile.Write(path, file => file.Write(bytes), isPrivate: true);

    private FileStream Lock()
    {
        PrivateFile.CreateDirectory(collection);
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(20))
            try
            {
                return PrivateFile.Open(_lock, FileMode.OpenOrCreate, FileAccess.ReadWrite);
            }
            catch (IOException) when (waited < Patience)
            {
                Thread.Sleep(20);
            }
    }

    private static void CheckName(string name)
    {
        if (
            name is not { Length: > 0 and <= LongestName }
            || name[0] == '-'
            || !name.All(letter => char.IsLetterOrDigit(letter) || "._-@".Contains(letter, StringComparison.Ordinal))
        )
            throw new OptionException(
                $"A key's name has 1 to {LongestName} letters, digits, dots, dashes, underlines or @, and does not begin with a dash; got "
                    + $"'{name}'."
            );
    }
}

/// <summary>The file of keys.</summary>
internal sealed record KeysFile(List<ApiKey> Keys);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(KeysFile)), JsonSerializable(typeof(Dictionary<string, DateOnly>))]
internal sealed partial class KeysJson : JsonSerializerContext;
