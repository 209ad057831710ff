using System.Data.Common;
using Sosia.Catalogue.Sql.Engine;

namespace Sosia.Catalogue.Sql.Verdicts;

/// <summary>
/// All that was said, as changes of cells, each with its value before and after, so that any can be undone that nothing later depends on.
/// The caller has a transaction open.
/// </summary>
internal sealed class Journal(SqlDatabase database)
{
    private const int MostNamed = 5;

    /// <summary>Notes a change.</summary>
    /// <exception cref="CatalogueException">A cell was changed after <paramref name="asOf"/>.</exception>
    public JournalEntry Note(ChangeKind kind, IReadOnlyDictionary<Cell, string?> values, DateTimeOffset at, long? asOf)
    {
        foreach (var cell in values.Keys)
            if (asOf is { } known && Touched(cell) is var touched && touched > known)
                throw new CatalogueException(
                    CatalogueProblem.Conflict,
                    $"Change {touched} was made meanwhile, and says something else of the same: look at it, and say again what still holds."
                );
        var entry = Insert(kind, at, undoes: null);
        foreach (var (cell, value) in values)
        {
            var before = StateOf(cell);
            Change(entry, cell, before, new CellState(value, entry));
        }
        return Find(entry)!;
    }

    /// <summary>Undoes a change.</summary>
    /// <exception cref="CatalogueException">As <see cref="IVerdictWriter.Undo"/> says.</exception>
    public JournalEntry Undo(long? wanted, DateTimeOffset at)
    {
        var undone = wanted is { } id
            ? Find(id) ?? throw CatalogueException.NotFound($"There is no change {id}: `sosia people journal` lists those that there are.")
            : Last();
        if (undone.UndoneBy is { } by)
            throw Conflict($"Change {undone.Id} was undone already, by change {by}; to make it again, undo {by}.");
        if (undone.IsIncomplete)
            throw Conflict($"Change {undone.Id} can't be undone: something that it said was forgotten, and stays so.");
        var changes = ChangesOf(undone.Id);
        var later = changes.Where(change => StateOf(change.Cell) != change.After).SelectMany(change => Later(change.Cell, undone.Id));
        long[] depending = [.. later.Distinct().Order()];
        if (depending.Length > 0)
            throw Conflict(
                $"Change {undone.Id} can't be undone: {Named(depending)} said more of the same since; undo what is later first."
            );
        var entry = Insert(ChangeKind.Undo, at, undone.Id);
        foreach (var change in changes)
            Change(entry, change.Cell, change.After, change.Before);
        database.Run("UPDATE journal SET undone_by = $2 WHERE id = $1", undone.Id, entry);
        if (undone.Undoes is { } again)
            database.Run("UPDATE journal SET undone_by = NULL WHERE id = $1", again);
        return Find(entry)!;
    }

    /// <summary>The changes before one, the last one first.</summary>
    public List<JournalEntry> Read(long before, int most)
    {
        var entries = new List<JournalEntry>();
        using var rows = database.Query(
            """
            SELECT j.id, j.at, j.kind, j.undoes, j.undone_by, j.incomplete = 1,
                   (SELECT count(*) FROM journal_statements s WHERE s.entry = j.id)
            FROM journal j WHERE j.id < $1 ORDER BY j.id DESC LIMIT $2
            """,
            before,
            most
        );
        while (rows.Read())
            entries.Add(
                new JournalEntry(
                    rows.GetInt64(0),
                    new DateTimeOffset(rows.GetInt64(1), TimeSpan.Zero),
                    Enum.Parse<ChangeKind>(rows.GetString(2)),
                    rows.GetInt32(6),
                    rows.IsDBNull(3) ? null : rows.GetInt64(3),
                    rows.IsDBNull(4) ? null : rows.GetInt64(4)
                )
                {
                    IsIncomplete = rows.GetBoolean(5),
                }
            );
        return entries;
    }

    /// <summary>Leaves nothing of some cells, neither their values nor what the journal has of them.</summary>
    /// <param name="where">A condition on cells.</param>
    /// <param name="value">Its $1.</param>
    public void Erase(string where, long value)
    {
        database.Run($"UPDATE journal SET incomplete = 1 WHERE id IN (SELECT entry FROM journal_statements WHERE {where})", value);
        database.Run($"DELETE FROM journal_statements WHERE {where}", value);
        database.Run($"DELETE FROM statements WHERE {where}", value);
        database.Run("DELETE FROM journal WHERE incomplete = 1 AND NOT EXISTS (SELECT 1 FROM journal_statements s WHERE s.entry = id)");
    }

    private JournalEntry? Find(long entry) => Read(entry + 1, 1) is [var found] && found.Id == entry ? found : null;

    private JournalEntry Last()
    {
        var last = database.Value("SELECT max(id) FROM journal WHERE undoes IS NULL AND undone_by IS NULL") as long?;
        return Find(last ?? 0) ?? throw CatalogueException.NotFound("Nothing was said that could be undone.");
    }

    private long Insert(ChangeKind kind, DateTimeOffset at, long? undoes) =>
        (long)
            database.Value(
                "INSERT INTO journal (at, kind, undoes) VALUES ($1, $2, $3) RETURNING id",
                at.UtcTicks,
                kind.ToString(),
                undoes
            )!;

    private void Change(long entry, Cell cell, CellState before, CellState after)
    {
        database.Run(
            """
            INSERT INTO journal_statements (entry, kind, subject, anchor, before, before_entry, after, after_entry)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            entry,
            cell.Kind,
            cell.Subject,
            cell.Anchor,
            before.Value,
            before.Entry,
            after.Value,
            after.Entry
        );
        database.Run(
            """
            INSERT INTO statements (kind, subject, anchor, value, entry, touched) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (kind, subject, anchor) DO UPDATE SET value = excluded.value, entry = excluded.entry, touched = excluded.touched
            """,
            cell.Kind,
            cell.Subject,
            cell.Anchor,
            after.Value,
            after.Entry,
            entry
        );
    }

    private CellState StateOf(Cell cell)
    {
        using var rows = QueryCell("SELECT value, entry FROM statements WHERE kind = $1 AND subject = $2 AND anchor = $3", cell);
        return rows.Read() ? new(rows.IsDBNull(0) ? null : rows.GetString(0), rows.GetInt64(1)) : default;
    }

    private long Touched(Cell cell)
    {
        using var rows = QueryCell("SELECT touched FROM statements WHERE kind = $1 AND subject = $2 AND anchor = $3", cell);
        return rows.Read() ? rows.GetInt64(0) : 0;
    }

    private DbDataReader QueryCell(string sql, Cell cell) => database.Query(sql, cell.Kind, cell.Subject, cell.Anchor);

    /// <summary>The changes of a cell after one that hold.</summary>
    private List<long> Later(Cell cell, long entry)
    {
        var later = new List<long>();
        using var rows = database.Query(
            """
            SELECT j.id FROM journal_statements s JOIN journal j ON j.id = s.entry
            WHERE s.kind = $1 AND s.subject = $2 AND s.anchor = $3 AND j.id > $4 AND j.undone_by IS NULL
            """,
            cell.Kind,
            cell.Subject,
            cell.Anchor,
            entry
        );
        while (rows.Read())
            later.Add(rows.GetInt64(0));
        return later;
    }

    private List<(Cell Cell, CellState Before, CellState After)> ChangesOf(long entry)
    {
        var changes = new List<(Cell, CellState, CellState)>();
        using var rows = database.Query(
            "SELECT kind, subject, anchor, before, before_entry, after, after_entry FROM journal_statements WHERE entry = $1",
            entry
        );
        while (rows.Read())
            changes.Add(
                (
                    new Cell(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)),
                    new CellState(rows.IsDBNull(3) ? null : rows.GetString(3), rows.GetInt64(4)),
                    new CellState(rows.IsDBNull(5) ? null : rows.GetString(5), rows.GetInt64(6))
                )
            );
        return changes;
    }

    private static string Named(long[] entries)
    {
        var more = entries.Length > MostNamed ? " and more" : "";
        return $"{(entries.Length == 1 ? "change" : "changes")} {string.Join(", ", entries.Take(MostNamed))}{more}";
    }

    private static CatalogueException Conflict(string message) => new(CatalogueProblem.Conflict, message);
}
