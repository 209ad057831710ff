using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Search.Local;

internal sealed partial class VectorTable
{
    /// <summary>The same table with what the catalogue says has changed since. What both have in common is shared.</summary>
    /// <param name="changes">Since this table's revision.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    public VectorTable With(EmbeddingChanges changes, CancellationToken cancellation = default)
    {
        var (added, revision) = (changes.Added, changes.Added.Revision);
        var removed = changes.RemovedOwners;
        if (added.Count == 0 && removed.Count == 0)
            return new VectorTable(_rows, _ids, _stored, _deleted, _index, _since, revision);
        var since = Append(added);
        IRowReader rows = since is null ? _rows : new JoinedRows(since.Before, since.Rows);
        var deleted = new RowSet(rows.Count);
        for (var row = _deleted?.Next(0) ?? -1; row >= 0; row = _deleted!.Next(row + 1))
            deleted.Add(row);
        foreach (var owner in removed)
        {
            var row = _ids.RowOf(owner);
            if (row >= 0)
                deleted.Add(row); // one that came and went since was never here
        }
        if (deleted.Count == 0)
            deleted = null;
        // Far more rows than the index knows are scanned until there is a new one.
        var index =
            rows.Count > 2 * (rows.Count - (since?.Rows.Count ?? 0))
                ? null
                : _index?.With(rows, deleted, Environment.ProcessorCount, cancellation);
        return new VectorTable(rows, added.Count == 0 ? _ids : _ids.With(added), _stored, deleted, index, since, revision);
    }

    private Since? Append(EmbeddingTable added)
    {
        if (added.Count == 0)
            return _since;
        var (before, rows) = _since is null ? (_rows, null) : (_since.Before, _since.Rows);
        // The table of new rows only grows, and each of us sees as much of it as there was. Should another have gone on from here, it is
        // copied.
        var table =
            _since is not null && _since.Table.Count == rows!.Count ? _since.Table
            : rows is null ? new RowTable(Dimensions)
            : RowTable.Of(rows);
        for (var row = 0; row < added.Count; row++)
            table.Append(added.Rows.Row(row));
        return new Since(before, table, table.Snapshot());
    }

    /// <summary>What came since the table was read as a whole.</summary>
    /// <param name="Before">The rows before.</param>
    /// <param name="Table">Grows from version to version.</param>
    /// <param name="Rows">As much of it as this version has.</param>
    private sealed record Since(IRowReader Before, RowTable Table, RowSnapshot Rows);
}
