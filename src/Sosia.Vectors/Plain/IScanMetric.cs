using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Plain;

/// <summary>A metric as a scan uses it: what depends on the limit alone is worked out once a limit, not once a row.</summary>
internal interface IScanMetric
{
    /// <summary>The distance by definition.</summary>
    double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row);

    /// <summary>What <see cref="IsFarther"/> compares with, for a distance.</summary>
    /// <param name="limit">A distance.</param>
    /// <param name="length">Floats a row.</param>
    double Bound(double limit, int length);

    /// <summary>Whether a row is certainly farther than the limit. False means that the distance has to be computed.</summary>
    /// <param name="query">Finite values.</param>
    /// <param name="queryLength">Its Euclidean length.</param>
    /// <param name="row">As long.</param>
    /// <param name="bound">From <see cref="Bound"/>.</param>
    bool IsFarther(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row, double bound);
}

/// <summary>Minkowski distances are compared as sums of powers, and a row is given up where its sum so far is too much.</summary>
internal readonly struct SumOfPowers<TPower>(TPower power) : IScanMetric
    where TPower : struct, IPower
{
    private readonly TPower _power = power;

    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => MinkowskiKernel.Distance(_power, query, row);

    public double Bound(double limit, int length)
    {
        if (limit < 0)
            return 0;
        var sum = _power.Raise(limit) * (1 + 1e-12) + MinkowskiKernel.Underflow(length) + double.Epsilon;
        return sum / MinkowskiKernel.Safe(_power.P);
    }

    // An infinite sum says nothing: float32 was too small for it.
    public bool IsFarther(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row, double bound) =>
        MinkowskiKernel.FastSum(_power, query, row, bound) is var sum && sum > bound && double.IsFinite(sum);
}

/// <summary>Any other metric, by its lower bound.</summary>
internal readonly struct WholeRow<TMetric>(TMetric metric) : IScanMetric
    where TMetric : struct, IMetric
{
    private readonly TMetric _metric = metric;

    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => _metric.Distance(query, row);

    public double Bound(double limit, int length) => limit;

    public bool IsFarther(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row, double bound) =>
        _metric.LowerBound(query, queryLength, row) > bound;
}
