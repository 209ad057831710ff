namespace Sosia.Evaluation.Experiments;

/// <summary>What is compared, and where work is kept.</summary>
public sealed record ExperimentOptions
{
    /// <summary>
    /// Models, one after the other: <c>[NAME=]face | untrained | registered model | FILE.onnx | FILE.npy</c>, with commas between.
    /// </summary>
    public required string Models { get; init; }

    /// <summary>Directory for features and products; what is there and belongs is used.</summary>
    public required string Work { get; init; }

    /// <summary>
    /// Names of the people whose neighbours are shown; empty for the first ten with exactly six images, else with two or more.
    /// </summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>Features as 16-bit floats: half the disk.</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>Of the untrained network's weights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Face model; null for the default.</summary>
    public string? FaceModel { get; init; }
}
