namespace Sosia.Photos;

/// <summary>What the text of a path says about where it lies.</summary>
internal static class PathRules
{
    /// <summary>True when a path is a folder or lies anywhere below it.</summary>
    public static bool LiesIn(string path, string folder) =>
        path == folder || path.StartsWith(WithSeparator(folder), StringComparison.Ordinal);

    private static string WithSeparator(string folder) =>
        Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
}
