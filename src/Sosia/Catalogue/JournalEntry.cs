namespace Sosia.Catalogue;

/// <summary>What a change of the journal was.</summary>
public enum ChangeKind
{
    /// <summary>Faces were given to a person, who may be new.</summary>
    Name,

    /// <summary>A person got another name.</summary>
    Rename,

    /// <summary>Two people became one.</summary>
    Merge,

    /// <summary>Faces of a person became another person's.</summary>
    Split,

    /// <summary>Faces were said not to be a person's.</summary>
    Reject,

    /// <summary>A case was made, described otherwise, or closed.</summary>
    Case,

    /// <summary>Faces were added to a case, or rejected in it.</summary>
    CaseFaces,

    /// <summary>People and cases were taken over from a file.</summary>
    Import,

    /// <summary>Somebody drew a box around a face that was not found.</summary>
    Draw,

    /// <summary>An earlier change was undone.</summary>
    Undo,
}

/// <summary>A change in the journal of all that was said.</summary>
/// <param name="Id">Grows with every change.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Statements">How many statements it made.</param>
/// <param name="Undoes">The change that it undid; null for one of another kind.</param>
/// <param name="UndoneBy">The change that undid it; null while it holds.</param>
public sealed record JournalEntry(long Id, DateTimeOffset At, ChangeKind Kind, int Statements, long? Undoes, long? UndoneBy)
{
    /// <summary>Something that it said was forgotten since: it can't be undone.</summary>
    public bool IsIncomplete { get; init; }
}
