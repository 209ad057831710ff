namespace Sosia.Server.Safety.Keys;

/// <summary>What a key allows; each includes the ones before it.</summary>
public enum Scope
{
    /// <summary>Search, and look at what is found.</summary>
    Search,

    /// <summary>Also verdicts, names and cases.</summary>
    Review,

    /// <summary>Also index, forget, and the server's figures.</summary>
    Manage,
}
