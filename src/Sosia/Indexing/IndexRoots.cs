using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>The folders and files that a run is about.</summary>
/// <param name="Paths">Full paths, each once.</param>
/// <param name="LeftOut">Folders that are not looked into.</param>
internal sealed record IndexRoots(IReadOnlyList<string> Paths, IReadOnlySet<string> LeftOut)
{
    private static readonly string[] WrittenBySosia = ["thumbnails", "crops", "indexes"];

    /// <summary>
    /// Leaves out what Sosia writes: a crop would be a photo of its own, and would stay when its photo is forgotten. Photos may lie in the
    /// collection's directory only where somebody named it, or a folder in it.
    /// </summary>
    /// <param name="roots">Folders and files.</param>
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

    /// <summary>True when a path lies in one of the folders.</summary>
    public bool Cover(string path) => Paths.Any(root => PathRules.LiesIn(path, root));

    /// <summary>True when a path lies in a folder that is not looked into.</summary>
    public bool LeaveOut(string path) => LeftOut.Any(folder => PathRules.LiesIn(path, folder));

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
