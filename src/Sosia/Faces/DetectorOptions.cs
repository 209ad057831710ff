using System.ComponentModel.DataAnnotations;

namespace Sosia.Faces;

/// <summary>What counts as a face, and how hard the detector tries.</summary>
public sealed record DetectorOptions
{
    /// <summary>Least score of a face, in (0, 1).</summary>
    [Range(0.0, 1.0, ErrorMessage = "The least score of a face must lie between 0 and 1.")]
    public float MinConfidence { get; init; } = 0.7f;

    /// <summary>A face of this score in the first pass over the whole photo is kept without a second pass to confirm it.</summary>
    [Range(0.0, double.MaxValue, ErrorMessage = "The score of a sure face must be 0 or more.")]
    public float SureConfidence { get; init; } = 0.95f;

    /// <summary>
    /// Side of the smallest face looked for, in pixels of the decoded photo. Smaller costs time on large photos: four times the tiles for
    /// half the side.
    /// </summary>
    [Range(1, int.MaxValue, ErrorMessage = "The side of the smallest face must be 1 pixel or more.")]
    public int SmallestFace { get; init; } = 20;

    /// <summary>Two boxes that overlap more than this (intersection over union) are the same face.</summary>
    [Range(0.0, 1.0, ErrorMessage = "The overlap of boxes of the same face must lie between 0 and 1.")]
    public float SameFaceOverlap { get; init; } = 0.4f;

    /// <summary>When nothing was found, detect again with a margin around the photo, and with the photo turned by quarters.</summary>
    public bool TryHarder { get; init; } = true;
}
