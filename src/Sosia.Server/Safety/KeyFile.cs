using System.Security.Cryptography;
using System.Text;
using Sosia.Vectors.Files;

namespace Sosia.Server.Safety;

/// <summary>
/// The API key of a collection: printed once when it is made, kept as a hash in <c>server.key</c>, readable by its owner only.
/// </summary>
public sealed class KeyFile
{
    private const string Prefix = "sosia_";
    private const int KeyBytes = 32,
        LongestKey = 256;

    private readonly byte[]? _hash;

    private KeyFile(byte[]? hash) => _hash = hash;

    /// <summary>Whether there is a key: then every request needs it.</summary>
    public bool Exists => _hash is not null;

    /// <summary>Reads the hash of a collection's key.</summary>
    /// <param name="collection">The collection's directory.</param>
    /// <exception cref="ArgumentException">The file is there and is no hash: nobody is let in by accident.</exception>
    public static KeyFile Read(string collection)
    {
        var path = PathIn(collection);
        if (!File.Exists(path))
            return new KeyFile(null);
        try
        {
            return Convert.FromHexString(File.ReadAllText(path).Trim()) is { Length: SHA256.HashSizeInBytes } hash
                ? new KeyFile(hash)
                : throw new FormatException();
        }
        catch (FormatException error)
        {
            throw new ArgumentException($"{path} holds no key's hash; make a new key with `sosia serve --new-key`.", error);
        }
    }

    /// <summary>Makes a key and keeps its hash; an older key no longer opens anything.</summary>
    /// <returns>The key: the only time that anybody sees it.</returns>
    public static string Make(string collection)
    {
        // 256 random bits need no slow hash: nobody can try them all.
        var key = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var line = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Hash(key)) + "\n");
        DerivedFile.Write(PathIn(collection), file => file.Write(line), isPrivate: true);
        return key;
    }

    /// <summary>Whether this is the key, in constant time.</summary>
    internal bool Matches(string? key) =>
        _hash is not null && key is { Length: > 0 and <= LongestKey } && CryptographicOperations.FixedTimeEquals(Hash(key), _hash);

    private static string PathIn(string collection) => Path.Combine(collection, "server.key");

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
