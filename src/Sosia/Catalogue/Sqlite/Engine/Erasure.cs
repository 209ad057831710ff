namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// Leaves no byte of what was forgotten in any page or log. SQLite overwrites what is deleted, but not what it had moved to another page
/// before, so the whole file is rewritten. What is due is noted in the transaction that forgets: where a process was killed, or a disk
/// was full, the next writer does it.
/// </summary>
internal sealed class Erasure(SqliteDatabase database)
{
    // In the order of the work: each step is noted as done before the next begins.
    /// <summary>Nothing is due.</summary>
    public const long Nothing = 0;
    private const long FoldLog = 1;
    private const long Rewrite = 2;

    /// <summary>Whether anything is due.</summary>
    public static bool IsDue(SqliteDatabase database) => Due(database) != Nothing;

    /// <summary>Notes that all is due; to be called in the transaction that forgets.</summary>
    public void NoteDue() => Note(Rewrite);

    /// <summary>Notes that the log is to be emptied; every page was rewritten before.</summary>
    public void NoteLogDue() => Note(FoldLog);

    /// <summary>Does what is due.</summary>
    /// <param name="cancellation">Interrupts the work, which stays due.</param>
    /// <returns>What kept it from being done, as a sentence; it stays due. Null when it is done.</returns>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public string? Finish(CancellationToken cancellation = default)
    {
        try
        {
            return TryFinish(cancellation);
        }
        catch (CatalogueException refused)
        {
            return refused.Message; // a full or failing disk: what was stored is safe, and the next writer tries again
        }
    }

    private string? TryFinish(CancellationToken cancellation)
    {
        var due = Due(database);
        if (due == Nothing)
            return null;
        if (due == Rewrite)
        {
            database.Vacuum(cancellation);
            database.Maintain(() => Note(FoldLog));
        }
        if (!database.FoldLog())
            return $"Another program is reading the catalogue {database.File}.";
        database.Maintain(() => Note(Nothing));
        database.FoldLog(); // holds nothing but the note
        return null;
    }

    private static long Due(SqliteDatabase database) => database.Read(() => (long)database.Value("SELECT erase FROM catalogue")!);

    private void Note(long due) => database.Run("UPDATE catalogue SET erase = $1", due);
}
