using System.Runtime.CompilerServices;

namespace Sosia.Vectors.Exact;

/// <summary>
/// The nearest rows seen so far, at most k: a heap with the farthest on top. The order is that of the distance rounded to six decimals, then
/// of the row number: total, so that it does not matter in which order, or in how many parts, rows are seen. Not safe for several threads.
/// </summary>
internal sealed class Nearest(int k, float radius)
{
    /// <summary>Distances closer than this may count as the same.</summary>
    public const double Tie = 1e-6;

    private Item[] _heap = new Item[Math.Min(k, 64)];

    private readonly record struct Item(double Key, int Row, double Distance)
    {
        public bool After(Item other) => Key > other.Key || (Key == other.Key && Row > other.Row);
    }

    /// <summary>Rows held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether k rows are held, so that a new one must beat the farthest.</summary>
    public bool IsFull => Count == k;

    /// <summary>No row farther than this can come in any more; +∞ while all can.</summary>
    public double Cut
    {
        get
        {
            var byRadius = float.IsPositiveInfinity(radius) ? double.PositiveInfinity : (double)MathF.BitIncrement(radius);
            return IsFull ? Math.Min(byRadius, (_heap[0].Key + 0.500001 + Math.Abs(_heap[0].Key) * 1e-14) * Tie) : byRadius;
        }
    }

    /// <summary>Takes a row in, if it is near enough.</summary>
    public void Add(int row, double distance)
    {
        if ((float)distance > radius) return;
        // -0 and 0 are the same distance.
        var item = new Item(Math.Round(distance / Tie) + 0.0, row, distance);
        if (!IsFull)
        {
            if (Count == _heap.Length) Array.Resize(ref _heap, (int)Math.Min(k, 2L * Count));
            Rise(Count++, item);
        }
        else if (_heap[0].After(item)) Sink(item);
    }

    /// <summary>Takes in what another part of the search found.</summary>
    public void Add(Nearest other)
    {
        foreach (var item in other._heap.AsSpan(0, other.Count)) Add(item.Row, item.Distance);
    }

    /// <summary>The rows, nearest first.</summary>
    public Neighbor[] Sorted()
    {
        var items = _heap.AsSpan(0, Count);
        items.Sort(static (a, b) => a.After(b) ? 1 : b.After(a) ? -1 : 0);
        var sorted = new Neighbor[Count];
        for (var i = 0; i < sorted.Length; i++) sorted[i] = new Neighbor(items[i].Row, (float)items[i].Distance);
        return sorted;
    }

    private void Rise(int at, Item item)
    {
        for (int parent; at > 0 && item.After(_heap[parent = (at - 1) / 2]); at = parent) _heap[at] = _heap[parent];
        _heap[at] = item;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Sink(Item item)
    {
        var at = 0;
        for (int child; (child = 2 * at + 1) < Count; at = child)
        {
            if (child + 1 < Count && _heap[child + 1].After(_heap[child])) child++;
            if (!_heap[child].After(item)) break;
            _heap[at] = _heap[child];
        }
        _heap[at] = item;
    }
}
