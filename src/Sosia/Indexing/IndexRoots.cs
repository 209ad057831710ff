using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>The folders and files of a run.</summary>
/// <param name="Paths">Full paths, each once.</param>
/// <param name="LeftOut">Folders in which no photos are sought.</param>
internal sealed record IndexRoots(IReadOnlyList<string> Paths, IReadOnlySet<string> LeftOut)
{
    private static readonly string[] WrittenBySosia = ["thumbnails", "crops", "indexes"];

    /// <summary>
    /// The roots of a run, without the folders that Sosia writes: a crop would become a photo of its own, and stay when its photo is
    /// forgotten. The collection's directory is left out as a whole, unless a root lies in it.
    /// </summary>
    /// <param name="roots">Folders and files as the user named them.</param>
    /// <param name="collection">The collection's own directory.</param>
    public static IndexRoots Of(IReadOnlyList<string> roots, string collection)
    {
        string[] paths = [.. roots.Select(Full).Distinct(StringComparer.Ordinal)];
        var own = Full(collection);
        var leftOut = WrittenBySosia.Select(folder => Path.Combine(own, folder)).ToHashSet(StringComparer.Ordinal);
        if (!paths.Any(root => PathRules.LiesIn(root, own)))
            leftOut.Add(own);
        return new(paths, leftOut);
    }

    /// <summary>Whether a path is one of the roots, or lies in one.</summary>
    public bool Cover(string path) => Paths.Any(root => PathRules.LiesIn(path, root));

    /// <summary>Whether a path lies in a folder that is left out.</summary>
    public bool LeaveOut(string path) => LeftOut.Any(folder => PathRules.LiesIn(path, folder));

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
