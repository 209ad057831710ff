using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;

namespace Sosia.Vectors.Trees;

/// <summary>A tree as search sees it: node 0 is the root, 2n + 1 and 2n + 2 are the children of n; leaves have none.</summary>
internal sealed class TreeIndex<TPower>(TPower power, TreeRows rows, int[] numbers, Range[] nodes, INodeShapes shapes, int dimensions)
    : INeighborIndex
    where TPower : struct, IPower
{
    private const int QueriesAtOnce = 8;
    private readonly Minkowski _metric = new(power.P);
    private readonly TPower _power = power;
    private readonly TreeRows _rows = rows;
    private readonly int[] _numbers = numbers;
    private readonly Range[] _nodes = nodes;
    private readonly INodeShapes _shapes = shapes;

    public int Count => _numbers.Length;

    public int Dimensions => dimensions;

    public long IndexBytes => _rows.Bytes + _shapes.Bytes + _numbers.Length * (long)sizeof(int) + _nodes.Length * 2L * sizeof(int);

    public Neighbor[] Search(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        InputCheck.CheckQuery(query, Dimensions, _metric);
        return Find(query, request, cancellation);
    }

    public Neighbor[][] SearchAll(IRowReader queries, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        using var held = queries.KeepOpen();
        for (var i = 0; i < queries.Count; i++)
            InputCheck.CheckQuery(queries.Row(i), Dimensions, _metric, i);
        var results = new Neighbor[queries.Count][];
        Workers.Run(
            queries.Count,
            QueriesAtOnce,
            request.Threads,
            (from, to) =>
            {
                for (var i = from; i < to; i++)
                    results[i] = Find(queries.Row(i), request, cancellation);
            },
            cancellation
        );
        return results;
    }

    private Neighbor[] Find(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation)
    {
        if (Count == 0)
            return [];
        var walk = new Walk(this, query, request, cancellation);
        walk.Visit(0, _shapes.Nearest(0, query));
        return walk.Found.ToArray();
    }

    /// <summary>One query in progress: it visits the nearer child first, and no child that can't contain a nearer row.</summary>
    private ref struct Walk(TreeIndex<TPower> tree, ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation)
    {
        private readonly ReadOnlySpan<float> _query = query;
        private readonly SumOfPowers<TPower> _scan = new(tree._power);
        private double _limit = double.NaN;
        private double _nodeBound;
        private double _rowBound;

        public NeighborHeap Found { get; } = new(request.K, request.Radius);

        public void Visit(int node, double nearest)
        {
            UpdateLimits();
            if (nearest > _nodeBound)
                return;
            var (left, right) = (2 * node + 1, 2 * node + 2);
            if (left >= tree._nodes.Length)
            {
                Leaf(tree._nodes[node]);
                return;
            }
            var (toLeft, toRight) = (tree._shapes.Nearest(left, _query), tree._shapes.Nearest(right, _query));
            if (toLeft > toRight)
                (left, right, toLeft, toRight) = (right, left, toRight, toLeft);
            Visit(left, toLeft);
            Visit(right, toRight);
        }

        private void Leaf(Range range)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var at = range.Start.Value; at < range.End.Value; at++)
            {
                var row = tree._rows.Row(at);
                if (_scan.IsFarther(_query, 0, row, _rowBound))
                    continue;
                var number = tree._numbers[at];
                if (request.Allowed is { } allowed && !allowed.Contains(number))
                    continue;
                if (Found.Offer(number, _scan.Distance(_query, row), request.Where))
                    UpdateLimits();
            }
        }

        private void UpdateLimits()
        {
            if (_limit == Found.Limit)
                return;
            _limit = Found.Limit;
            _nodeBound = tree._shapes.Bound(_limit);
            _rowBound = _scan.Bound(_limit, tree.Dimensions);
        }
    }
}
