namespace Sosia.Search.Ranking;

/// <summary>A row near another.</summary>
/// <param name="Row">Row number.</param>
/// <param name="Cosine">How near.</param>
internal readonly record struct NearRow(int Row, float Cosine);

/// <summary>The nearest of the rows offered; equal cosines in order of row number, whatever the order of the offers.</summary>
/// <param name="count">Rows kept, at most.</param>
/// <param name="least">Rows of this cosine or a lower one are not kept.</param>
internal sealed class NearestRows(int count = QueryExpansion.Neighbours, float least = QueryExpansion.LeastCosine)
{
    private readonly List<NearRow> _rows = new(count + 1);

    /// <summary>Nearest first.</summary>
    public IReadOnlyList<NearRow> Rows => _rows;

    /// <summary>Offers all rows of a table.</summary>
    /// <param name="cosines">With each row; what must not be kept is −∞.</param>
    /// <param name="first">Number of the first row.</param>
    public NearestRows Offer(ReadOnlySpan<float> cosines, int first = 0)
    {
        for (var i = 0; i < cosines.Length; i++)
            Offer(first + i, cosines[i]);
        return this;
    }

    /// <summary>Offers a row.</summary>
    public void Offer(int row, float cosine)
    {
        if (cosine <= least || (_rows.Count == count && cosine < _rows[^1].Cosine))
            return;
        var at = _rows.FindIndex(other => cosine > other.Cosine || (cosine == other.Cosine && row < other.Row));
        _rows.Insert(at < 0 ? _rows.Count : at, new NearRow(row, cosine));
        if (_rows.Count > count)
            _rows.RemoveAt(count);
    }
}
