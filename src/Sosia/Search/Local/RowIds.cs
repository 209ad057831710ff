using Sosia.Catalogue;
using Sosia.Search.Local.Segments;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>
/// What every row of a space belongs to, a face or a whole photo, and its photo: part by part as the rows lie, those of each part but the
/// last in order of their owners; in the last part are those that came since.
/// </summary>
internal sealed class RowIds
{
    private readonly IdPart[] _parts;
    private readonly int[] _firsts;
    private readonly RowId[] _since;
    private Dictionary<long, int>? _rowsSince; // made when first asked for; several threads may make the same

    private RowIds(IdPart[] parts, RowId[] since)
    {
        (_parts, _since) = (parts, since);
        _firsts = new int[parts.Length + 1];
        for (var i = 0; i < parts.Length; i++)
            _firsts[i + 1] = _firsts[i] + parts[i].Count;
    }

    /// <summary>Rows.</summary>
    public int Count => _firsts[^1] + _since.Length;

    /// <summary>The rows of some tables, one behind the other.</summary>
    public static RowIds Of(params IReadOnlyList<IdPart> parts) => new([.. parts], []);

    /// <summary>The same with rows behind it.</summary>
    public RowIds With(EmbeddingTable added) => new(_parts, [.. _since, .. RowId.Of(added)]);

    /// <summary>The number of a row's face; in a space of photos, of its photo.</summary>
    public long Owner(int row) => Of(row).Owner;

    /// <summary>The photo of a row.</summary>
    public PhotoId Photo(int row) => new(Of(row).Photo);

    /// <summary>The row of a face, in a space of photos of a photo; −1 when it has none.</summary>
    public int RowOf(long owner)
    {
        if (_since.Length > 0 && RowsSince.TryGetValue(owner, out var since)) // first: a row that was replaced stands in both
            return _firsts[^1] + since;
        var (low, high) = (0, _parts.Length - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_parts[middle].Last < owner)
                low = middle + 1;
            else
                high = middle;
        }
        var row = _parts.Length == 0 ? -1 : _parts[low].RowOf(owner);
        return row < 0 ? -1 : _firsts[low] + row;
    }

    /// <summary>The rows of some photos.</summary>
    public RowSet RowsOf(PhotoSet photos)
    {
        var rows = new RowSet(Count);
        for (var part = 0; part <= _parts.Length; part++)
        {
            var ids = part == _parts.Length ? _since : _parts[part].Ids;
            for (var i = 0; i < ids.Length; i++)
                if (photos.Contains(new PhotoId(ids[i].Photo)))
                    rows.Add(_firsts[part] + i);
        }
        return rows;
    }

    /// <summary>Of those that came since, the row of each owner; the last one where its row was replaced.</summary>
    private Dictionary<long, int> RowsSince
    {
        get
        {
            if (_rowsSince is { } made)
                return made;
            var rows = new Dictionary<long, int>(_since.Length);
            for (var row = 0; row < _since.Length; row++)
                rows[_since[row].Owner] = row;
            return _rowsSince = rows;
        }
    }

    private RowId Of(int row)
    {
        if (row >= _firsts[^1])
            return _since[row - _firsts[^1]];
        var part = Array.BinarySearch(_firsts, row);
        if (part < 0)
            part = ~part - 1;
        while (_parts[part].Count == 0)
            part++; // of several that begin there, all but the last are empty
        return _parts[part].Ids[row - _firsts[part]];
    }
}
