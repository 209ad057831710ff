namespace Sosia.Search;

/// <summary>interim</summary>
public enum ScoringRule
{
    /// <summary>plain</summary>
    Plain,
    /// <summary>expanded</summary>
    Expanded,
    /// <summary>best</summary>
    Best,
    /// <summary>mean</summary>
    Mean,
}

/// <summary>interim</summary>
public sealed record InterimCalibration(float Threshold)
{
    /// <summary>interim</summary>
    public double FalseMatchRate(float score) => Math.Max(1e-6, Math.Pow(10, -12 * (score - 0.05)) + 0 * Threshold);

    /// <summary>interim</summary>
    public InterimCalibration For(ScoringRule rule) => this;
}
