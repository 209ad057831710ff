using Sosia.Models;

namespace Sosia.Faces;

/// <summary>Names how the five points of a face are made. Faces that are aligned by other points give other rows.</summary>
internal static class LandmarksKey
{
    /// <summary>Counts changes of code that move the points (the crops, the second pass): a change makes a new space.</summary>
    public const int PipelineVersion = 1;

    /// <summary>The key of points that a detector makes itself.</summary>
    /// <returns>As the other.</returns>
    public static string OfDetector(ModelEntry detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return CanonicalText.Hash([
            "sosia landmarks of a detector",
            $"model {detector.Sha256}",
            CanonicalText.Invariant($"family {detector.Family}"),
            .. CanonicalText.Of(detector.Input),
        ]);
    }

    /// <returns>SHA-256 of the model file's hash and of all that is done before and after the network, 64 lower-case hex digits.</returns>
    public static string Of(ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var points = entry.Output.FivePoints?.Select(numbers => string.Join(',', numbers)) ?? [];
        return CanonicalText.Hash([
            CanonicalText.Invariant($"sosia landmarks, pipeline {PipelineVersion}"),
            $"model {entry.Sha256}",
            .. CanonicalText.Of(entry.Input),
            $"crop {CanonicalText.Numbers([entry.Input.CropScale])}",
            $"output {entry.Output.Name}",
            $"five points {string.Join(' ', points)}",
        ]);
    }
}
