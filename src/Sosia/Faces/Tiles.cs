namespace Sosia.Faces;

/// <summary>One pass of the detector: a photo shrunk to a level, and a window of the network's size on it.</summary>
/// <param name="LevelWidth">Columns of the photo at this level.</param>
/// <param name="LevelHeight">Rows of the photo at this level.</param>
/// <param name="Left">First column of the window, in the level's pixels.</param>
/// <param name="Top">First row of the window.</param>
internal readonly record struct Tile(int LevelWidth, int LevelHeight, int Left, int Top);

/// <summary>
/// The windows of a pyramid. The network sees 320 × 240 pixels, so small faces in large photos need further passes: level n is the photo
/// shrunk to n × n overlapping windows, n = 2, 4, 8 …, until the smallest face wanted is large enough to be seen.
/// </summary>
internal static class Tiles
{
    /// <summary>Side of a face that the network surely sees, in its own pixels.</summary>
    public const int SureSide = 14;

    /// <summary>
    /// Overlap of neighbouring windows: a face of up to this side lies whole in one of them; larger ones are found a level above.
    /// </summary>
    public const int Shared = 48;

    /// <summary>The windows of the passes after the first one, which covers the whole photo.</summary>
    /// <param name="photo">Columns and rows.</param>
    /// <param name="window">Columns and rows of the network's input.</param>
    /// <param name="smallestFace">In pixels of the photo.</param>
    public static IEnumerable<Tile> Plan((int Width, int Height) photo, (int Width, int Height) window, int smallestFace)
    {
        var whole = Math.Min((double)window.Width / photo.Width, (double)window.Height / photo.Height);
        for (var (n, scale) = (2, whole); scale < 1 && smallestFace * scale < SureSide; n *= 2)
        {
            scale = Math.Min(1, Math.Min(Span(n, window.Width) / photo.Width, Span(n, window.Height) / photo.Height));
            var (width, height) = (Math.Max(1, (int)Math.Round(photo.Width * scale)), Math.Max(1, (int)Math.Round(photo.Height * scale)));
            foreach (var top in Starts(height, window.Height))
            foreach (var left in Starts(width, window.Width))
                yield return new Tile(width, height, left, top);
        }
    }

    private static double Span(int windows, int window) => window + (windows - 1.0) * (window - Shared);

    /// <summary>Evenly spread window positions that cover a length with at least <see cref="Shared"/> pixels in common.</summary>
    private static IEnumerable<int> Starts(int length, int window)
    {
        if (length <= window)
            return [0];
        var count = (int)Math.Ceiling((double)(length - window) / (window - Shared)) + 1;
        return Enumerable.Range(0, count).Select(i => (int)Math.Round((double)i * (length - window) / (count - 1)));
    }
}
