using Sosia.Catalogue.Sql;
using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Catalogue.Sqlite;

/// <summary>
/// A writer of a SQLite catalogue. Each public call keeps other writers out only while it lasts. What is forgotten is overwritten; the
/// other part of the class restores.
/// </summary>
/// <param name="database">The open catalogue; the writer closes it.</param>
/// <param name="writerLock">Keeps other writers out; null for a file that no other process knows.</param>
/// <param name="indexerLock">Released when the writer is disposed; null for a writer that does not index.</param>
internal sealed partial class SqliteWriter(SqliteDatabase database, WriterLock? writerLock, IDisposable? indexerLock = null)
    : SqlWriter(database)
{
    private readonly Erasure _erasure = new(database);

    /// <summary>Keeps other writers out until the result is disposed, for work of more than one transaction.</summary>
    public IDisposable? KeepOthersOut() => writerLock?.Enter();

    /// <inheritdoc/>
    public override string? Overwrite(CancellationToken cancellation = default)
    {
        using var alone = KeepOthersOut();
        return _erasure.Finish(cancellation);
    }

    /// <inheritdoc/>
    public override Forgotten Forget(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        bool overwrite = true,
        IReadOnlyList<PersonId>? people = null
    )
    {
        using var alone = KeepOthersOut(); // else another writer might note as done what this one has just made due
        var forgotten = base.Forget(photos, faces, overwrite, people);
        if (!overwrite)
            return forgotten;
        var problem = _erasure.Finish();
        return forgotten with { Overwritten = problem is null, NotOverwritten = problem };
    }

    /// <inheritdoc/>
    protected override void NoteOverwritingDue() => _erasure.NoteDue();

    /// <inheritdoc/>
    protected override T Write<T>(Func<T> work, Func<T, bool> changed)
    {
        using var alone = KeepOthersOut();
        return base.Write(work, changed);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        using (indexerLock)
        {
            database.FoldLog();
            base.Dispose(disposing);
        }
    }
}
