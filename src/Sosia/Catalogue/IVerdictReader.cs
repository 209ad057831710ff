namespace Sosia.Catalogue;

/// <summary>What people said of faces: who is who.</summary>
public interface IVerdictReader
{
    /// <summary>The people that there are, in order of their numbers.</summary>
    IReadOnlyList<PersonRow> ReadPeople();

    /// <summary>What is said of faces, in order of people and places.</summary>
    /// <param name="person">Of this person alone; null for all.</param>
    /// <param name="photo">Of faces of this photo alone; null for all.</param>
    IReadOnlyList<FaceVerdict> ReadVerdicts(PersonId? person = null, PhotoId? photo = null);

    /// <summary>The faces that somebody drew, in order of their photos.</summary>
    IReadOnlyList<DrawnFace> ReadDrawn();

    /// <summary>The cases that there are, in order of their numbers.</summary>
    IReadOnlyList<CaseRow> ReadCases();

    /// <summary>The faces of a case, in the order in which they came to it.</summary>
    /// <param name="of">The case.</param>
    /// <param name="space">The key of the space of which rows of faces from outside are wanted.</param>
    IReadOnlyList<CaseFace> ReadCaseFaces(CaseId of, string space);

    /// <summary>The photos that a case has shown, by their hashes.</summary>
    IReadOnlySet<string> ReadShown(CaseId of);

    /// <summary>The changes that were made, the last one first.</summary>
    /// <param name="before">Only earlier ones; null for the last of all.</param>
    /// <param name="most">How many.</param>
    IReadOnlyList<JournalEntry> ReadJournal(long? before, int most);
}

/// <summary>Takes people's word. Every call is one transaction: when it returns, what was said survives a crash.</summary>
internal interface IVerdictWriter : IVerdictReader
{
    /// <summary>A number for a person that is about to be named.</summary>
    PersonId ReservePerson();

    /// <summary>A number for a case that is about to be described.</summary>
    CaseId ReserveCase();

    /// <summary>Notes that a case has shown some photos; this is no change of the journal.</summary>
    void NoteShown(CaseId of, IReadOnlyList<string> photos);

    /// <summary>Leaves nothing of a case: its name, its references, what the journal has of it.</summary>
    /// <exception cref="CatalogueException">There is no such case.</exception>
    void DeleteCase(CaseId of);

    /// <summary>Notes a change, and all that it says.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="statements">One at least.</param>
    /// <param name="at">When.</param>
    /// <param name="asOf">
    /// The last change that the speaker knew, 0 for none: where one of these was changed since, nothing is noted. Null not to ask.
    /// </param>
    /// <exception cref="CatalogueException">Something of it was changed meanwhile, or there is no such person; nothing is
    /// noted.</exception>
    JournalEntry Say(ChangeKind kind, IReadOnlyList<Statement> statements, DateTimeOffset at, long? asOf = null);

    /// <summary>Stores a face where somebody drew one, unless a face is stored there already, or nobody says any more that one is there.
    /// </summary>
    /// <param name="space">The space of its embedding.</param>
    /// <param name="sha256">The photo; one that is not stored, or was not analysed in the space, gets its drawn faces when it is.</param>
    /// <param name="face">The face, with <see cref="NewFace.IsDrawn"/>.</param>
    void StoreDrawn(SpaceId space, string sha256, NewFace face);

    /// <summary>Undoes a change; what it said is as it was before. A face that was drawn goes with what drew it.</summary>
    /// <param name="entry">The change; null for the last one that was not undone. To undo one of kind <see cref="ChangeKind.Undo"/> makes
    /// the change again.</param>
    /// <param name="at">When.</param>
    /// <exception cref="CatalogueException">There is none, it was undone already, later changes depend on it (the message names them), or
    /// something of it was forgotten; nothing is noted.</exception>
    JournalEntry Undo(long? entry, DateTimeOffset at);
}
