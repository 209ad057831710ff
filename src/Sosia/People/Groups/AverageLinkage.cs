using System.Numerics.Tensors;

namespace Sosia.People.Groups;

/// <summary>
/// Average linkage (UPGMA: Sokal and Michener 1958): of all pairs of groups, the two of the highest mean cosine over all pairs of their
/// faces become one, until no two reach the threshold. The mean is exact: it is the product of the groups' sum vectors, divided by their
/// sizes. A mean of few pairs says less than one of many, so it needs a margin: <see cref="MarginOfOnePair"/> divided by the square root
/// of the number of pairs is taken off before means are compared with the threshold and with each other. Only groups between which the
/// graph has an edge are compared, and two groups of a mean above the threshold have one where the graph has every pair above it.
/// </summary>
internal sealed class AverageLinkage
{
    /// <summary>What is taken off the likeness of two single faces. Chosen on LFW (docs/people.md).</summary>
    public const float MarginOfOnePair = 0.1f;

    private readonly float[][] _sums;
    private readonly int[] _sizes;
    private readonly int[] _changes; // how often a group has grown: what was queued before that is out of date
    private readonly HashSet<int>?[] _near;
    private readonly Members _members;
    private readonly JoinRules _rules;
    private readonly float _threshold;
    private readonly PriorityQueue<Candidate, Priority> _queue = new();

    private AverageLinkage(float[][] rows, JoinRules rules, float threshold)
    {
        (_sums, _rules, _threshold) = (rows, rules, threshold);
        _sizes = new int[rows.Length];
        Array.Fill(_sizes, 1);
        _changes = new int[rows.Length];
        _near = new HashSet<int>?[rows.Length];
        _members = new Members(rows.Length);
    }

    /// <summary>Groups faces.</summary>
    /// <param name="rows">Their embeddings, of unit length; used up: the sums are made in their place.</param>
    /// <param name="edges">The pairs of faces that are near each other.</param>
    /// <param name="rules">What must and what must not be one group.</param>
    /// <param name="threshold">Least likeness of two groups that become one.</param>
    /// <param name="cancellation">Checked every few thousand steps.</param>
    /// <returns>The faces of each group, by number, in order; the groups in order of their first face.</returns>
    public static int[][] Group(
        float[][] rows,
        IEnumerable<(int One, int Other)> edges,
        JoinRules rules,
        float threshold,
        CancellationToken cancellation = default
    )
    {
        var linkage = new AverageLinkage(rows, rules, threshold);
        foreach (var (one, other) in edges)
            linkage.AddEdge(one, other);
        foreach (var (one, other) in rules.MustJoin)
            linkage.Join(linkage._members.GroupOf(one), linkage._members.GroupOf(other));
        linkage.QueueAll(cancellation);
        linkage.Run(cancellation);
        return linkage._members.Groups();
    }

    /// <summary>How alike two groups are: what decides whether they are one.</summary>
    /// <param name="sum">Sum of the embeddings of one.</param>
    /// <param name="size">Its faces.</param>
    /// <param name="otherSum">Sum of the embeddings of the other.</param>
    /// <param name="otherSize">Its faces.</param>
    public static float Likeness(ReadOnlySpan<float> sum, int size, ReadOnlySpan<float> otherSum, int otherSize)
    {
        var pairs = (float)size * otherSize;
        return TensorPrimitives.Dot(sum, otherSum) / pairs - MarginOfOnePair / MathF.Sqrt(pairs);
    }

    private void AddEdge(int one, int other)
    {
        if (one == other)
            return;
        (_near[one] ??= []).Add(other);
        (_near[other] ??= []).Add(one);
    }

    private void QueueAll(CancellationToken cancellation)
    {
        for (var group = 0; group < _near.Length; group++)
        {
            if (group % 4096 == 0)
                cancellation.ThrowIfCancellationRequested();
            if (_near[group] is { } near && _members.IsGroup(group))
                foreach (var other in near)
                    if (other > group)
                        Queue(group, other);
        }
    }

    private void Run(CancellationToken cancellation)
    {
        for (var step = 0; _queue.TryDequeue(out var pair, out _); step++)
        {
            if (step % 4096 == 0)
                cancellation.ThrowIfCancellationRequested();
            var (one, other) = (pair.One, pair.Other);
            if (_changes[one] != pair.ChangesOfOne || _changes[other] != pair.ChangesOfOther)
                continue;
            if (_rules.MayJoin(one, other))
                Grow(_sizes[one] >= _sizes[other] ? one : other, _sizes[one] >= _sizes[other] ? other : one);
            else
                Separate(one, other);
        }
    }

    /// <summary>Joins a group to a larger one and compares what is near the two with both together.</summary>
    private void Grow(int larger, int smaller)
    {
        Join(larger, smaller);
        foreach (var near in _near[larger]!)
            Queue(larger, near);
    }

    private void Join(int larger, int smaller)
    {
        if (larger == smaller)
            return;
        TensorPrimitives.Add(_sums[larger], _sums[smaller], _sums[larger]);
        _sizes[larger] += _sizes[smaller];
        _changes[larger]++;
        _changes[smaller] = -1; // no group any more
        _members.Join(larger, smaller);
        _rules.Join(larger, smaller);
        var nearLarger = _near[larger] ??= [];
        foreach (var near in _near[smaller] ?? [])
        {
            _near[near]!.Remove(smaller);
            if (near == larger)
                continue;
            _near[near]!.Add(larger);
            nearLarger.Add(near);
        }
        (_sums[smaller], _near[smaller]) = ([], null);
    }

    /// <summary>What may not be joined now may not be joined later either: groups only grow.</summary>
    private void Separate(int one, int other)
    {
        _near[one]!.Remove(other);
        _near[other]!.Remove(one);
    }

    private void Queue(int one, int other)
    {
        var likeness = Likeness(_sums[one], _sizes[one], _sums[other], _sizes[other]);
        if (likeness < _threshold)
            return;
        var (first, second) = one < other ? (one, other) : (other, one);
        _queue.Enqueue(new Candidate(first, second, _changes[first], _changes[second]), new Priority(likeness, first, second));
    }

    private readonly record struct Candidate(int One, int Other, int ChangesOfOne, int ChangesOfOther);

    /// <summary>The most alike first; of equal ones the lowest numbers, so that the same faces always give the same groups.</summary>
    private readonly record struct Priority(float Likeness, int One, int Other) : IComparable<Priority>
    {
        public int CompareTo(Priority other)
        {
            var byLikeness = other.Likeness.CompareTo(Likeness);
            if (byLikeness != 0)
                return byLikeness;
            return One != other.One ? One.CompareTo(other.One) : Other.CompareTo(other.Other);
        }
    }
}
