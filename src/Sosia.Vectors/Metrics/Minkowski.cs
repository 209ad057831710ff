namespace Sosia.Vectors.Metrics;

/// <summary>Minkowski distance (Σ|q − x|ᵖ)^(1/p): p = 1 is Manhattan, p = 2 Euclidean.</summary>
public readonly struct Minkowski : IMetric
{
    /// <summary>The largest p; beyond it only the largest difference counts.</summary>
    public const double MaxP = 1000;

    private readonly double _p;

    /// <param name="p">From 1 to <see cref="MaxP"/>. Below 1 it is no distance: the way round would be shorter.</param>
    /// <exception cref="ArgumentException">Not such a p.</exception>
    public Minkowski(double p)
    {
        if (!(p is >= 1 and <= MaxP))
            throw new ArgumentException($"P must be from 1 to {MaxP:N0}, got {p}.", nameof(p));
        _p = p;
    }

    /// <summary>p; 2 unless said otherwise.</summary>
    public double P => _p == 0 ? 2 : _p;

    /// <inheritdoc/>
    public string Name =>
        P switch
        {
            1 => "manhattan",
            2 => "euclidean",
            _ => "minkowski",
        };

    /// <inheritdoc/>
    public double Distance(ReadOnlySpan<float> query, ReadOnlySpan<float> row) =>
        P switch
        {
            1 => MinkowskiKernel.Distance(new PowerOne(), query, row),
            1.5 => MinkowskiKernel.Distance(new PowerOneAndAHalf(), query, row),
            2 => MinkowskiKernel.Distance(new PowerTwo(), query, row),
            3 => MinkowskiKernel.Distance(new PowerThree(), query, row),
            var p => MinkowskiKernel.Distance(new AnyPower(p), query, row),
        };

    /// <inheritdoc/>
    public double LowerBound(ReadOnlySpan<float> query, double queryLength, ReadOnlySpan<float> row) =>
        P switch
        {
            1 => LowerBound(new PowerOne(), query, row),
            1.5 => LowerBound(new PowerOneAndAHalf(), query, row),
            2 => LowerBound(new PowerTwo(), query, row),
            3 => LowerBound(new PowerThree(), query, row),
            var p => LowerBound(new AnyPower(p), query, row),
        };

    /// <inheritdoc/>
    public string? InvalidReason(ReadOnlySpan<float> row) => Finite.InvalidReason(row);

    private static double LowerBound<TPower>(TPower power, ReadOnlySpan<float> query, ReadOnlySpan<float> row)
        where TPower : struct, IPower
    {
        var sum = MinkowskiKernel.FastSum(power, query, row, double.PositiveInfinity);
        if (!double.IsFinite(sum))
            return double.NegativeInfinity;
        return power.Root(Math.Max(0, sum * MinkowskiKernel.Safe(power.P) - MinkowskiKernel.Underflow(query.Length))) * (1 - 1e-14);
    }
}
