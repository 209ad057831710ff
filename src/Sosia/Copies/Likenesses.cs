namespace Sosia.Copies;

/// <summary>What a likeness of two photos' descriptors means. Measured: docs/copies.md.</summary>
internal static class Likenesses
{
    /// <summary>
    /// From here on two photos show the same picture: saved again, resized, brighter, mirrored, framed, or cropped a little.
    /// </summary>
    public const float Copy = 0.92f;

    /// <summary>From here on two photos of the same person within <see cref="BurstTime"/> are of the same moment.</summary>
    public const float Burst = 0.6f;

    /// <summary>How far apart photos of one moment are taken, at most.</summary>
    public static readonly TimeSpan BurstTime = TimeSpan.FromMinutes(1);
}
