namespace Sosia.Evaluation.Experiments;

/// <summary>How far two rows of features are from each other.</summary>
public enum Metric
{
    /// <summary>Length of the difference: scikit-learn's "minkowski" with p = 2, which the student project used.</summary>
    Euclidean,

    /// <summary>1 − cosine of the angle.</summary>
    Cosine,

    /// <summary>Sum of the absolute differences: "minkowski" with p = 1.</summary>
    Manhattan,
}
