using System.Numerics;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Trees;

/// <summary>
/// Divides rows as scikit-learn does: into a complete binary tree, each node halved at the median of its widest dimension, until leaves
/// have at most twice the leaf size. Equal rows may fall on either side; nothing depends on it.
/// </summary>
internal static class TreeBuilder
{
    private const int RowsBetweenChecks = 1024;

    public static INeighborIndex Build(IRowReader rows, TreeOptions options, IShapeMaker shapes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        var metric = options.Check();
        InputCheck.CheckRows(rows, metric, threads: 1, cancellation);
        return Powers.Use(metric.P, new Work(rows, options.LeafSize, shapes, cancellation));
    }

    private sealed class Work(IRowReader rows, int leafSize, IShapeMaker maker, CancellationToken cancellation) : IPowerUser<INeighborIndex>
    {
        private readonly int _dimensions = rows.Dimensions;
        private readonly float[] _low = new float[rows.Dimensions];
        private readonly float[] _high = new float[rows.Dimensions];
        private readonly float[] _keys = new float[rows.Count];
        private readonly int[] _order = [.. Enumerable.Range(0, rows.Count)];
        private TreeRows _rows = new(rows.Count, rows.Dimensions);

        public INeighborIndex Use<TPower>(TPower power)
            where TPower : struct, IPower
        {
            using var held = rows.KeepOpen();
            for (var row = 0; row < rows.Count; row++)
            {
                if (row % RowsBetweenChecks == 0)
                    rows.ThrowIfCutOff();
                rows.Row(row).CopyTo(_rows.Row(row));
            }
            var levels = BitOperations.Log2((uint)Math.Max(1, (rows.Count - 1) / leafSize)) + 1;
            var nodes = new Range[(1 << levels) - 1];
            var shapes = maker.Make(power, nodes.Length, _dimensions);
            if (rows.Count > 0)
                Divide(0, 0, rows.Count, nodes, shapes);
            return new TreeIndex<TPower>(power, InOrder(), _order, nodes, shapes, _dimensions);
        }

        private void Divide(int node, int from, int to, Range[] nodes, INodeShapes shapes)
        {
            cancellation.ThrowIfCancellationRequested();
            var members = _order.AsSpan(from, to - from);
            nodes[node] = from..to;
            Measure(members);
            shapes.Surround(node, _rows, members, _low, _high);
            if (2 * node + 1 >= nodes.Length)
                return;
            var widest = Widest();
            for (var i = from; i < to; i++)
                _keys[i] = _rows.Row(_order[i])[widest];
            var middle = from + (to - from) / 2;
            Select(_keys.AsSpan(from, to - from), members, middle - from);
            Divide(2 * node + 1, from, middle, nodes, shapes);
            Divide(2 * node + 2, middle, to, nodes, shapes);
        }

        private void Measure(ReadOnlySpan<int> members)
        {
            _low.AsSpan().Fill(float.PositiveInfinity);
            _high.AsSpan().Fill(float.NegativeInfinity);
            foreach (var member in members)
            {
                var row = _rows.Row(member);
                var i = 0;
                for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
                {
                    var values = new Vector<float>(row[i..]);
                    Vector.Min(values, new Vector<float>(_low, i)).CopyTo(_low, i);
                    Vector.Max(values, new Vector<float>(_high, i)).CopyTo(_high, i);
                }
                for (; i < row.Length; i++)
                    (_low[i], _high[i]) = (Math.Min(_low[i], row[i]), Math.Max(_high[i], row[i]));
            }
        }

        private int Widest()
        {
            var widest = 0;
            for (var i = 1; i < _dimensions; i++)
                if ((double)_high[i] - _low[i] > (double)_high[widest] - _low[widest])
                    widest = i;
            return widest;
        }

        /// <summary>The rows once more, as the leaves have them: a leaf is read from one end to the other.</summary>
        private TreeRows InOrder()
        {
            var ordered = new TreeRows(rows.Count, _dimensions);
            for (var i = 0; i < _order.Length; i++)
                _rows.Row(_order[i]).CopyTo(ordered.Row(i));
            _rows = ordered;
            return ordered;
        }
    }

    /// <summary>
    /// Quickselect (Hoare 1961): afterwards nothing before <paramref name="nth"/> is larger, nothing behind it smaller. Equal keys don't
    /// slow it down.
    /// </summary>
    internal static void Select(Span<float> keys, Span<int> items, int nth)
    {
        var (low, high) = (0, keys.Length - 1);
        while (low < high)
        {
            var (pivot, i, j) = (MedianOf(keys[low], keys[low + (high - low) / 2], keys[high]), low, high);
            while (i <= j)
            {
                while (keys[i] < pivot)
                    i++;
                while (keys[j] > pivot)
                    j--;
                if (i > j)
                    break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                (items[i], items[j]) = (items[j], items[i]);
                (i, j) = (i + 1, j - 1);
            }
            if (nth <= j)
                high = j;
            else if (nth >= i)
                low = i;
            else
                return;
        }
    }

    private static float MedianOf(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
