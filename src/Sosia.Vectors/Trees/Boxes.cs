using System.Numerics;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;

namespace Sosia.Vectors.Trees;

/// <summary>A box a node. How near it is, is measured as a sum of powers, in float32, made safe as the sums of rows are.</summary>
internal sealed class Boxes<TPower>(TPower power, int nodes, int dimensions) : INodeShapes
    where TPower : struct, IPower
{
    private readonly SumOfPowers<TPower> _scan = new(power);
    private readonly TreeRows _low = new(nodes, dimensions);
    private readonly TreeRows _high = new(nodes, dimensions);

    public long Bytes => _low.Bytes + _high.Bytes;

    public void Surround(int node, TreeRows rows, ReadOnlySpan<int> members, ReadOnlySpan<float> low, ReadOnlySpan<float> high)
    {
        low.CopyTo(_low.Row(node));
        high.CopyTo(_high.Row(node));
    }

    public double Bound(double limit) => _scan.Bound(limit, dimensions);

    public double Nearest(int node, ReadOnlySpan<float> query)
    {
        ReadOnlySpan<float> low = _low.Row(node),
            high = _high.Row(node);
        var sum = 0.0;
        var i = 0;
        // Long boxes in pieces, so that chains of additions stay as short as the safety factor supposes.
        while (i <= dimensions - Vector<float>.Count)
        {
            var lanes = Vector<float>.Zero;
            for (var end = Math.Min(dimensions, i + 128 * Vector<float>.Count); i <= end - Vector<float>.Count; i += Vector<float>.Count)
            {
                var at = new Vector<float>(query[i..]);
                var outside = Vector.Max(new Vector<float>(low[i..]) - at, at - new Vector<float>(high[i..]));
                lanes += power.Raise(Vector.Max(outside, Vector<float>.Zero));
            }
            sum += Vector.Sum(lanes);
        }
        for (; i < dimensions; i++)
            sum += power.Raise(Math.Max(0, Math.Max((double)low[i] - query[i], (double)query[i] - high[i])));
        return double.IsFinite(sum) ? sum : 0;
    }
}
