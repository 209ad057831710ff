namespace Sosia.Search.Ranking;

/// <summary>How a score came about; each way has a calibration of its own.</summary>
public enum ScoringRule
{
    /// <summary>The cosine of two faces.</summary>
    Plain,

    /// <summary>The cosine after query expansion on both sides.</summary>
    Expanded,

    /// <summary>The best of several references.</summary>
    Best,

    /// <summary>The cosine with the mean of several references.</summary>
    Mean,
}
