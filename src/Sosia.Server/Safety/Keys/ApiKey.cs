namespace Sosia.Server.Safety.Keys;

/// <summary>An API key as it is kept: never the key itself.</summary>
/// <param name="Name">Who has it; unique in a collection.</param>
/// <param name="May">What it allows.</param>
/// <param name="Sha256">SHA-256 of the key, in lower-case hex: 256 random bits need no slow hash, for nobody can try them all.</param>
/// <param name="Created">When it was made; for a key of an earlier version, when its file was written.</param>
public sealed record ApiKey(string Name, Scope May, string Sha256, DateTimeOffset Created)
{
    /// <summary>The last day on which it was used, in UTC; null when it never was.</summary>
    public DateOnly? LastUsed { get; init; }

    /// <summary>Names the key in the session of who signed in with it.</summary>
    internal string Id => Sha256[..16];
}
