using System.Globalization;
using Sosia.Models;

namespace Sosia.Faces;

/// <summary>
/// How the faces of a photo were found. It decides which faces there are, not whether their rows are comparable: those of two provenances
/// may lie in one space.
/// </summary>
/// <param name="Key">Names it: SHA-256, in hex, of the detector with its preprocessing and of all options that decide what it
/// finds.</param>
/// <param name="Description">The same for people, in short: the detector's name and what differs from the defaults.</param>
public sealed record Provenance(string Key, string Description)
{
    /// <summary>Counts changes of code that alter which faces are found.</summary>
    private const int PipelineVersion = 2;

    /// <summary>How faces are found by a network for boxes with some options.</summary>
    public static Provenance Of(ModelEntry boxes, DetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(options);
        var key = CanonicalText.Hash([
            CanonicalText.Invariant($"sosia provenance, pipeline {PipelineVersion}"),
            $"model {boxes.Sha256}",
            .. CanonicalText.Of(boxes.Input),
            $"output {boxes.Output.Name} {boxes.Output.Scores}",
            $"least confidence {CanonicalText.Numbers([options.MinConfidence])}",
            $"sure confidence {CanonicalText.Numbers([options.SureConfidence])}",
            options.SmallestFace is { } smallest
                ? CanonicalText.Invariant($"smallest face {smallest}")
                : CanonicalText.Invariant($"smallest face {DetectorOptions.UsualShare} of the side, {DetectorOptions.LeastFace} or more"),
            $"same face {CanonicalText.Numbers([options.SameFaceOverlap])}",
            $"try harder {options.TryHarder}",
        ]);
        return new(key, string.Join(", ", Words(boxes.Name, options)));
    }

    private static IEnumerable<string> Words(string model, DetectorOptions options)
    {
        var usual = new DetectorOptions();
        yield return model;
        yield return options.SmallestFace is { } smallest
            ? string.Create(CultureInfo.InvariantCulture, $"faces from {smallest} pixels")
            : string.Create(CultureInfo.InvariantCulture, $"faces from 1/{1 / DetectorOptions.UsualShare:F0} of the longest side");
        if (options.MinConfidence != usual.MinConfidence)
            yield return $"confidence from {CanonicalText.Numbers([options.MinConfidence])}";
        if (options.SureConfidence != usual.SureConfidence)
            yield return $"confirmed below {CanonicalText.Numbers([options.SureConfidence])}";
        if (options.SameFaceOverlap != usual.SameFaceOverlap)
            yield return $"one face above an overlap of {CanonicalText.Numbers([options.SameFaceOverlap])}";
        if (options.TryHarder != usual.TryHarder)
            yield return options.TryHarder ? "with margin and turns" : "without margin and turns";
    }
}
