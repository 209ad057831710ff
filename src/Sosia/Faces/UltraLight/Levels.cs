namespace Sosia.Faces.UltraLight;

/// <summary>One pass of the detector: a photo reduced to a level, and a part of it.</summary>
/// <param name="Level">Columns and rows of the photo at this level.</param>
/// <param name="Left">First column of the part, in the level's pixels.</param>
/// <param name="Top">First row of the part.</param>
/// <param name="Size">Columns and rows of the part.</param>
internal readonly record struct Tile((int Width, int Height) Level, int Left, int Top, (int Width, int Height) Size);

/// <summary>
/// The sizes at which faces are looked for after the first pass, which covers the whole photo at the network's own size. The last level
/// shows the smallest face wanted at a size that the network surely sees; where it is much larger than the first pass, there are levels
/// between.
/// </summary>
internal static class Levels
{
    /// <summary>Side of a face that the network surely sees, in its own pixels.</summary>
    public const int SureSide = 16;

    /// <summary>Overlap of neighbouring parts: a face of up to this side lies whole in one of them.</summary>
    private const int Shared = 128;

    /// <summary>Longest side of one part, which bounds memory.</summary>
    private const int LongestPart = 1280;

    /// <summary>One level is at most so many times the size of the one before.</summary>
    private const double LargestStep = 4;

    /// <summary>The passes after the first one, level by level.</summary>
    /// <param name="photo">Columns and rows.</param>
    /// <param name="first">Part of the photo's size at which the first pass was.</param>
    /// <param name="smallestFace">In pixels of the photo.</param>
    public static IEnumerable<Tile> Plan((int Width, int Height) photo, double first, double smallestFace)
    {
        var last = Math.Min(1, SureSide / smallestFace);
        if (first >= 1 || smallestFace * first >= SureSide)
            yield break;
        var count = Math.Max(1, (int)Math.Ceiling(Math.Log(last / first, LargestStep) - 1e-9));
        for (var i = 1; i <= count; i++)
        {
            var scale = first * Math.Pow(last / first, (double)i / count);
            var level = (
                Width: Math.Max(1, (int)Math.Round(photo.Width * scale)),
                Height: Math.Max(1, (int)Math.Round(photo.Height * scale))
            );
            foreach (var (top, height) in Parts(level.Height))
            foreach (var (left, width) in Parts(level.Width))
                yield return new Tile(level, left, top, (width, height));
        }
    }

    /// <summary>Evenly spread parts that cover a length, neighbours with <see cref="Shared"/> pixels or more in common.</summary>
    private static IEnumerable<(int Start, int Length)> Parts(int length)
    {
        if (length <= LongestPart)
            return [(0, length)];
        var count = (int)Math.Ceiling((double)(length - LongestPart) / (LongestPart - Shared)) + 1;
        var part = (int)Math.Ceiling((length + (count - 1.0) * Shared) / count);
        return Enumerable.Range(0, count).Select(i => ((int)Math.Round((double)i * (length - part) / (count - 1)), part));
    }
}
