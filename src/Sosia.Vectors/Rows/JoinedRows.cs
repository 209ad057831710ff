namespace Sosia.Vectors;

/// <summary>One table followed by another: the stored rows, and those that were added since.</summary>
public sealed class JoinedRows : IDirectRows
{
    private readonly IRowReader _first,
        _second;
    private readonly IDirectRows? _firstDirect,
        _secondDirect;

    /// <param name="first">Its rows keep their numbers.</param>
    /// <param name="second">Its rows follow.</param>
    /// <exception cref="ArgumentException">They differ in dimensions, or have more than 2³¹ − 1 rows together.</exception>
    public JoinedRows(IRowReader first, IRowReader second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Dimensions != second.Dimensions)
            throw new ArgumentException($"Expected {first.Dimensions} dimensions, got {second.Dimensions}.", nameof(second));
        if (first.Count > int.MaxValue - second.Count)
            throw new ArgumentException($"Expected at most {int.MaxValue} rows together.", nameof(second));
        (_first, _second, _firstDirect, _secondDirect) = (first, second, first as IDirectRows, second as IDirectRows);
    }

    /// <inheritdoc/>
    public int Count => _first.Count + _second.Count;

    /// <inheritdoc/>
    public int Dimensions => _first.Dimensions;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Row(int row) => row < _first.Count ? _first.Row(row) : _second.Row(row - _first.Count);

    /// <inheritdoc/>
    public IDisposable KeepOpen() => BothKeptOpen.Take(_first.KeepOpen(), _second);

    /// <inheritdoc/>
    public void ThrowIfCutOff()
    {
        _first.ThrowIfCutOff();
        _second.ThrowIfCutOff();
    }

    /// <inheritdoc/>
    void IDirectRows.Prefetch(int row)
    {
        if (row < _first.Count)
            _firstDirect?.Prefetch(row);
        else
            _secondDirect?.Prefetch(row - _first.Count);
    }
}
