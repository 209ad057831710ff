using Sosia.Catalogue;
using Sosia.Catalogue.Sql;
using Sosia.Photos;

namespace Sosia.Postgres.Catalogue;

/// <summary>A writer of a catalogue in PostgreSQL; any number may write at the same time.</summary>
/// <param name="database">The catalogue; the writer closes it.</param>
internal sealed class PostgresWriter(PostgresDatabase database) : SqlWriter(database)
{
    /// <summary>What stays of what was forgotten, as a sentence.</summary>
    internal const string StaysBehind =
        "PostgreSQL keeps what was deleted in free space of its pages until that is written again, and in its log, on replicas and in "
        + "backups for as long as these are kept; index files of other machines lose it with their next search, and its bytes when they "
        + "are merged.";

    /// <inheritdoc/>
    public override Forgotten Forget(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        bool overwrite = true,
        IReadOnlyList<PersonId>? people = null
    )
    {
        var forgotten = base.Forget(photos, faces, overwrite, people);
        return overwrite ? forgotten with { NotOverwritten = Overwrite() } : forgotten;
    }

    /// <inheritdoc/>
    public override string? Overwrite(CancellationToken cancellation = default)
    {
        database.Vacuum();
        return StaysBehind;
    }

    /// <inheritdoc/>
    public override void Announce(IReadOnlyList<FileStamp> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        FileStamp[] last = [.. files.GroupBy(file => file.Path, StringComparer.Ordinal).Select(file => file.Last())];
        Write(
            () =>
                Database.Run(
                    """
                    INSERT INTO files (path, bytes, modified, waiting)
                    SELECT path, bytes, modified, 1 FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS f (path, bytes, modified)
                    ORDER BY path COLLATE "C"
                    ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, waiting = 1, reason = NULL,
                        message = NULL
                    WHERE files.bytes <> excluded.bytes OR files.modified <> excluded.modified
                    """,
                    last.Select(file => file.Path).ToArray(),
                    last.Select(file => file.Bytes).ToArray(),
                    last.Select(Ticks).ToArray()
                ),
            changed: rows => rows > 0
        );
    }

    /// <inheritdoc/>
    protected override void NoteOverwritingDue() { }
}
