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
            return new VectorTable(_rows, _ids, _segments, _deleted, _index, _since, revision);
        var since = Append(added);
        IRowReader rows = since is null ? _rows : new JoinedRows(since.Before, since.Rows);
        var deleted = RowSet.Copy(_deleted, rows.Count);
        foreach (var owner in removed)
            Delete(owner); // one that came and went since was never here
        for (var row = 0; row < added.Count; row++)
            Delete(added.OwnerOf(row)); // a segment may be younger than the others, and have it already
        // Far more rows than the index knows are scanned until there is a new one.
        var index =
            rows.Count > 2L * (rows.Count - (since?.Rows.Count ?? 0))
                ? null
                : _index?.With(rows, deleted.Count == 0 ? null : deleted, Environment.ProcessorCount, cancellation);
        var ids = added.Count == 0 ? _ids : _ids.With(added);
        return new VectorTable(rows, ids, _segments, deleted.Count == 0 ? null : deleted, index, since, revision);

        void Delete(long owner)
        {
            if (_ids.RowOf(owner) is var row and >= 0)
                deleted.Add(row);
        }
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
