namespace Sosia.Evaluation.Speed;

/// <summary>Speed of the whole pipeline beside that of its networks.</summary>
/// <param name="PhotosPerSecond">From file to committed embedding.</param>
/// <param name="InferencePhotosPerSecond">The three networks alone, as often a photo, at their fastest number of threads.</param>
/// <param name="Ratio">The one over the other: what everything around the networks leaves.</param>
public sealed record Throughput(double PhotosPerSecond, double InferencePhotosPerSecond, double Ratio);

/// <summary>What a run that embedded photos took; kept beside the rows, since a run that finds them embedded measures nothing.</summary>
/// <param name="Photos">Photos embedded in that run.</param>
/// <param name="Throughput">Speed.</param>
/// <param name="PeakMemoryMb">Largest resident memory of the process until the last photo was committed, in MiB.</param>
/// <param name="ShareOfStages">Each stage's part of the time.</param>
/// <param name="Measured">When, in UTC.</param>
public sealed record RunFigures(
    long Photos,
    Throughput Throughput,
    double PeakMemoryMb,
    IReadOnlyDictionary<string, double> ShareOfStages,
    DateTimeOffset Measured
);
