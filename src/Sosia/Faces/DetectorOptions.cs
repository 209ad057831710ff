namespace Sosia.Faces;

/// <summary>What counts as a face, and how hard it is looked for.</summary>
public sealed record DetectorOptions
{
    /// <summary>Least score of a face, in (0, 1).</summary>
    public float MinConfidence { get; init; } = 0.7f;

    /// <summary>A face of this score in the first look at the whole photo is not looked at again to confirm it.</summary>
    public float SureConfidence { get; init; } = 0.95f;

    /// <summary>
    /// Side of the smallest face looked for, in pixels of the decoded photo. Smaller costs time on large photos: four times the tiles for
    /// half the side.
    /// </summary>
    public int SmallestFace { get; init; } = 20;

    /// <summary>Two boxes that overlap more than this (intersection over union) are the same face.</summary>
    public float SameFaceOverlap { get; init; } = 0.4f;

    /// <summary>Look again, with a margin around the photo and turned by quarters, when nothing was found.</summary>
    public bool TryHarder { get; init; } = true;
}
