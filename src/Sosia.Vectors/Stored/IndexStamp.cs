namespace Sosia.Vectors.Stored;

/// <summary>What an index file was made from, so that a stale or foreign file is noticed. The index itself does not interpret it.</summary>
/// <param name="Identity">Names the source and no other; at most <see cref="MostIdentityBytes"/> bytes of UTF-8.</param>
/// <param name="Version">The source's version.</param>
/// <param name="PayloadBytes">Bytes that are kept with each row: the source's own ids, for example.</param>
public readonly record struct IndexStamp(string Identity, long Version, int PayloadBytes)
{
    /// <summary>
    /// Tells states of the source apart that have the same version, such as those of two copies that diverged; at most
    /// <see cref="MostNonceBytes"/> bytes of UTF-8.
    /// </summary>
    public string Nonce { get; init; } = "";

    /// <summary>The longest identity.</summary>
    public const int MostIdentityBytes = 200;

    /// <summary>The longest nonce.</summary>
    public const int MostNonceBytes = 64;

    /// <summary>The longest payload of a row.</summary>
    public const int MostPayloadBytes = 256;
}
