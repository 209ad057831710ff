namespace Sosia.Catalogue;

/// <summary>What went wrong with a catalogue; the command line's exit codes follow it.</summary>
public enum CatalogueProblem
{
    /// <summary>There is none here.</summary>
    Missing,

    /// <summary>Another process is indexing, or has been writing for too long.</summary>
    Locked,

    /// <summary>The stored bytes are not what was written.</summary>
    Damaged,

    /// <summary>Made by a newer version of Sosia.</summary>
    TooNew,

    /// <summary>The disk is full, read-only or refuses.</summary>
    CannotWrite,

    /// <summary>The caller asked for something that is not there.</summary>
    NotFound,

    /// <summary>What the caller wants to change was changed by somebody else meanwhile, or other changes depend on it.</summary>
    Conflict,

    /// <summary>The server that keeps it can't be reached, or refuses.</summary>
    Unavailable,
}

/// <summary>A catalogue that can't do what was asked. The message is one sentence for people: what, why, and what to do.</summary>
public sealed class CatalogueException(CatalogueProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of problem.</summary>
    public CatalogueProblem Problem { get; } = problem;

    /// <summary>The caller asked for what is not there.</summary>
    internal static CatalogueException NotFound(string message) => new(CatalogueProblem.NotFound, message);
}
