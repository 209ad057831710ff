using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Trees;

/// <summary>A ball a node: around the mean of its rows, rounded to floats (any middle is right), out to the farthest of them.</summary>
internal sealed class Balls<TPower>(TPower power, int nodes, int dimensions) : INodeShapes
    where TPower : struct, IPower
{
    /// <summary>More than float64 can be off in a distance over a million dimensions.</summary>
    private const double Rounding = 1e-9;

    private readonly TreeRows _middle = new(nodes, dimensions);
    private readonly double[] _radius = new double[nodes];

    public long Bytes => _middle.Bytes + _radius.Length * sizeof(double);

    public void Surround(int node, TreeRows rows, ReadOnlySpan<int> members, ReadOnlySpan<float> low, ReadOnlySpan<float> high)
    {
        var sums = new double[dimensions];
        foreach (var member in members)
        {
            var row = rows.Row(member);
            for (var i = 0; i < row.Length; i++)
                sums[i] += row[i];
        }
        var middle = _middle.Row(node);
        for (var i = 0; i < middle.Length; i++)
            middle[i] = (float)(sums[i] / members.Length);
        foreach (var member in members)
            _radius[node] = Math.Max(_radius[node], MinkowskiKernel.Distance(power, middle, rows.Row(member)));
    }

    public double Bound(double limit) => limit;

    /// <summary>
    /// By the triangle inequality: from the query to a row is at least as far as to the middle, less from there to the row.
    /// </summary>
    public double Nearest(int node, ReadOnlySpan<float> query) =>
        MinkowskiKernel.Distance(power, query, _middle.Row(node)) * (1 - Rounding) - _radius[node] * (1 + Rounding);
}
