namespace Sosia.Vectors;

/// <summary>
/// The nearest rows found so far: a heap with the farthest on top, ordered by distance rounded to six decimals and then by row number, so
/// that the answer does not depend on the order in which rows are offered, or on how many threads share them. Not safe for several threads.
/// </summary>
internal sealed class NeighborHeap(int k, float? radius)
{
    private const int Decimals = 6;

    /// <summary>What rounding can take from a distance, with room for float64's own.</summary>
    private const double HalfADecimal = 0.6e-6;

    private readonly List<Found> _heap = [];
    private double _limit = Initial(radius);

    private readonly record struct Found(double Key, int Row, float Distance) : IComparable<Found>
    {
        public int CompareTo(Found other)
        {
            var order = Key.CompareTo(other.Key);
            return order != 0 ? order : Row.CompareTo(other.Row);
        }
    }

    /// <summary>Rows found.</summary>
    public int Count => _heap.Count;

    /// <summary>A row that is farther than this can't be among the nearest. Never grows.</summary>
    public double Limit => _limit;

    /// <summary>Takes over another thread's limit.</summary>
    /// <returns>Whether the limit fell.</returns>
    public bool Tighten(double limit)
    {
        if (limit >= _limit)
            return false;
        _limit = limit;
        return true;
    }

    /// <summary>Takes a row in when it is near enough, and throws out the one that is now too many.</summary>
    /// <param name="row">Its number, not offered before.</param>
    /// <param name="distance">By definition, in float64; finite.</param>
    /// <param name="where">Whether the row may be found; null for any.</param>
    /// <returns>Whether <see cref="Limit"/> has become smaller.</returns>
    public bool Offer(int row, double distance, Func<int, bool>? where = null)
    {
        var found = new Found(Math.Round(distance, Decimals), row, (float)distance);
        if (found.Distance > radius || (_heap.Count == k && found.CompareTo(_heap[0]) > 0))
            return false;
        if (where is not null && !where(row))
            return false;
        if (_heap.Count < k)
            Push(found);
        else
            ReplaceTop(found);
        return _heap.Count == k && Tighten(_heap[0].Key + HalfADecimal + Math.Abs(_heap[0].Key) * 1e-14);
    }

    /// <summary>Takes over what another thread has found.</summary>
    public void Add(NeighborHeap other)
    {
        foreach (var found in other._heap)
            if (_heap.Count < k)
                Push(found);
            else if (found.CompareTo(_heap[0]) < 0)
                ReplaceTop(found);
    }

    /// <summary>Nearest first.</summary>
    public Neighbor[] ToArray()
    {
        _heap.Sort();
        return [.. _heap.Select(found => new Neighbor(found.Row, found.Distance))];
    }

    /// <summary>
    /// A distance is compared with the radius as it is told, rounded to a float: rounding takes at most half a unit in the last place.
    /// </summary>
    private static double Initial(float? radius) => radius is { } within ? MathF.BitIncrement(within) : double.PositiveInfinity;

    private void Push(Found found)
    {
        _heap.Add(found);
        var at = _heap.Count - 1;
        while (at > 0 && _heap[(at - 1) / 2].CompareTo(found) < 0)
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        _heap[at] = found;
    }

    private void ReplaceTop(Found found)
    {
        var at = 0;
        for (var child = 1; child < _heap.Count; child = 2 * at + 1)
        {
            if (child + 1 < _heap.Count && _heap[child + 1].CompareTo(_heap[child]) > 0)
                child++;
            if (_heap[child].CompareTo(found) <= 0)
                break;
            _heap[at] = _heap[child];
            at = child;
        }
        _heap[at] = found;
    }
}
