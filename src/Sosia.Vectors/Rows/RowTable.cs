using System.Numerics;

namespace Sosia.Vectors;

/// <summary>
/// Rows in memory that one writer adds to and deletes from while any number of readers use snapshots. A row keeps its number:
/// a deleted row stays in its place, and no search finds it.
/// </summary>
public sealed class RowTable
{
    private readonly Lock _lock = new();
    private readonly int _shift;
    private NativeBytes[] _chunks = [];
    private RowSet? _deleted;
    private int _count;

    /// <summary>An empty table.</summary>
    /// <param name="dimensions">Floats a row, 1 or more.</param>
    public RowTable(int dimensions)
        : this(dimensions, int.MaxValue) { }

    /// <summary>An empty table that lies in smaller pieces.</summary>
    /// <param name="dimensions">Floats a row, 1 or more.</param>
    /// <param name="mostRowsAPiece">Rows that lie one behind the other in memory, at most; 1 or more.</param>
    public RowTable(int dimensions, int mostRowsAPiece)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRowsAPiece, 1);
        Dimensions = dimensions;
        _shift = Math.Min(RowSnapshot.ShiftFor(dimensions), BitOperations.Log2((uint)mostRowsAPiece));
    }

    /// <summary>Floats a row.</summary>
    public int Dimensions { get; }

    /// <summary>Rows so far, deleted ones among them.</summary>
    public int Count => _count;

    /// <summary>A table with the rows of another.</summary>
    public static RowTable Of(IRowReader rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var table = new RowTable(rows.Dimensions);
        for (var row = 0; row < rows.Count; row++)
            table.Append(rows.Row(row));
        return table;
    }

    /// <summary>Adds rows at the end.</summary>
    /// <param name="rows">One or more rows, one behind the other.</param>
    /// <returns>The number of the first.</returns>
    /// <exception cref="ArgumentException">Not whole rows.</exception>
    public unsafe int Append(ReadOnlySpan<float> rows)
    {
        if (rows.Length % Dimensions != 0)
            throw new ArgumentException($"Expected rows of {Dimensions} dimensions, got {rows.Length} floats.", nameof(rows));
        lock (_lock)
        {
            var first = _count;
            for (var row = first; !rows.IsEmpty; row++, rows = rows[Dimensions..])
            {
                // A chunk array is never changed once a snapshot may have it.
                if (row >> _shift == _chunks.Length)
                    _chunks = [.. _chunks, new NativeBytes((long)Dimensions * sizeof(float) << _shift, zeroed: false)];
                rows[..Dimensions].CopyTo(RowSnapshot.At(_chunks, _shift, Dimensions, row));
                _count = checked(row + 1);
            }
            return first;
        }
    }

    /// <summary>Takes a row out.</summary>
    /// <returns>False when it was gone already.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There never was such a row.</exception>
    public bool Delete(int row)
    {
        lock (_lock)
        {
            if ((uint)row >= (uint)_count)
                throw new ArgumentOutOfRangeException(nameof(row), $"Expected a row below {_count}, got {row}.");
            if (_deleted?.Contains(row) == true)
                return false;
            _deleted = RowSet.Copy(_deleted, _count);
            return _deleted.Add(row);
        }
    }

    /// <summary>The table as it is now; costs next to nothing.</summary>
    public RowSnapshot Snapshot()
    {
        lock (_lock)
        {
            if (_deleted is not null && _deleted.Rows != _count)
                _deleted = RowSet.Copy(_deleted, _count);
            return new RowSnapshot(_chunks, _shift, Dimensions, _count, _deleted);
        }
    }
}
