namespace Sosia.Vectors;

/// <summary>Tables one behind the other: the stored rows, and those that were added since.</summary>
public sealed class JoinedRows : IDirectRows
{
    private readonly IRowReader[] _parts;
    private readonly IDirectRows?[] _direct;
    private readonly int[] _firsts;

    /// <param name="first">Its rows keep their numbers.</param>
    /// <param name="second">Its rows follow.</param>
    /// <exception cref="ArgumentException">They differ in dimensions, or have more than 2³¹ − 1 rows together.</exception>
    public JoinedRows(IRowReader first, IRowReader second)
        : this([first, second]) { }

    /// <param name="parts">One table or more; the rows of the first keep their numbers.</param>
    /// <exception cref="ArgumentException">None, or they differ in dimensions, or have more than 2³¹ − 1 rows together.</exception>
    public JoinedRows(IReadOnlyList<IRowReader> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.Count, 1);
        // A table of tables is taken apart, so that a row is found in one step.
        _parts = [.. parts.SelectMany(part => part is JoinedRows joined ? joined._parts : [part])];
        _direct = Array.ConvertAll(_parts, part => part as IDirectRows);
        _firsts = new int[_parts.Length];
        var count = 0L;
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i].Dimensions != _parts[0].Dimensions)
                throw new ArgumentException($"Expected {_parts[0].Dimensions} dimensions, got {_parts[i].Dimensions}.", nameof(parts));
            _firsts[i] = (int)count;
            count += _parts[i].Count;
            if (count > int.MaxValue)
                throw new ArgumentException($"Expected at most {int.MaxValue} rows together.", nameof(parts));
        }
        Count = (int)count;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimensions => _parts[0].Dimensions;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Row(int row)
    {
        var part = PartOf(row);
        return _parts[part].Row(row - _firsts[part]);
    }

    /// <inheritdoc/>
    public IDisposable KeepOpen() => AllKeptOpen.Take(_parts.Select(part => (Func<IDisposable?>)part.KeepOpen));

    /// <inheritdoc/>
    public void ThrowIfCutOff()
    {
        foreach (var part in _parts)
            part.ThrowIfCutOff();
    }

    /// <inheritdoc/>
    public void ThrowIfCutOff(int row)
    {
        var part = PartOf(row);
        _parts[part].ThrowIfCutOff(row - _firsts[part]);
    }

    /// <inheritdoc/>
    void IDirectRows.Prefetch(int row)
    {
        var part = PartOf(row);
        _direct[part]?.Prefetch(row - _firsts[part]);
    }

    /// <summary>The part that a row lies in: of several that begin at its number, all but the last are empty.</summary>
    private int PartOf(int row)
    {
        if ((uint)row >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(row), $"Expected a row below {Count}, got {row}.");
        var (low, high) = (0, _firsts.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (_firsts[middle] <= row)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
