using System.ComponentModel.DataAnnotations;

namespace Sosia.People.Groups;

/// <summary>How faces are grouped.</summary>
public sealed record GroupingOptions
{
    /// <summary>Chosen on half of the people of LFW and measured on the other half (docs/people.md).</summary>
    public const float DefaultThreshold = 0.42f;

    /// <summary>
    /// Least mean cosine, over all pairs of their faces, of two large groups that become one; two single faces need <see
    /// cref="AverageLinkage.MarginOfOnePair"/> more.
    /// </summary>
    [Range(-1, 1)]
    public float Threshold { get; init; } = DefaultThreshold;
}
