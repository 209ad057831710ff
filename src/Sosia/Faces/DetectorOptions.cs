using System.ComponentModel.DataAnnotations;

namespace Sosia.Faces;

/// <summary>What counts as a face, and how hard the detector tries.</summary>
public sealed record DetectorOptions
{
    /// <summary>Side of the smallest face that can be recognised, in pixels.</summary>
    public const int LeastFace = 20;

    /// <summary>The smallest face looked for in a large photo, as a part of its longest side.</summary>
    public const double UsualShare = 1.0 / 50;

    /// <summary>Every face that can be recognised, however large the photo.</summary>
    public static DetectorOptions Thorough { get; } = new() { SmallestFace = LeastFace };

    /// <summary>
    /// Name of the network that finds faces; null for the one that the face model is used with, else the default. Its name is no part of a
    /// <see cref="Provenance"/>, its file is.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>Least score of a face, in (0, 1).</summary>
    [Range(0.0, 1.0, ErrorMessage = "The least score of a face must lie between 0 and 1.")]
    public float MinConfidence { get; init; } = 0.7f;

    /// <summary>A face of this score in the first pass over the whole photo is kept without a second pass to confirm it.</summary>
    [Range(0.0, double.MaxValue, ErrorMessage = "The score of a sure face must be 0 or more.")]
    public float SureConfidence { get; init; } = 0.95f;

    /// <summary>
    /// Side of the smallest face looked for, in pixels of the file; null for <see cref="UsualShare"/> of the photo's longest side, and
    /// <see cref="LeastFace"/> at least. Half the side costs four times the time.
    /// </summary>
    [Range(1, int.MaxValue, ErrorMessage = "The side of the smallest face must be 1 pixel or more.")]
    public int? SmallestFace { get; init; }

    /// <summary>Two boxes that overlap more than this (intersection over union) are the same face.</summary>
    [Range(0.0, 1.0, ErrorMessage = "The overlap of boxes of the same face must lie between 0 and 1.")]
    public float SameFaceOverlap { get; init; } = 0.4f;

    /// <summary>When nothing was found, detect again with a margin around the photo, and with the photo turned by quarters.</summary>
    public bool TryHarder { get; init; } = true;

    /// <summary>The smallest face looked for in a photo, in pixels of the file.</summary>
    internal double SmallestFaceOf(int longestSide) => SmallestFace ?? Math.Max(LeastFace, longestSide * UsualShare);
}
