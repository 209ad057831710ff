using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>
/// Finds folders that held photos and hold none of them now: empty folders, and mount points of another disk. An unmounted disk leaves an
/// empty folder, and a disk that is mounted in its place hides what was there.
/// </summary>
/// <param name="roots">The folders of the run; only folders below them are checked.</param>
/// <param name="foundAgain">Folders of files that were known before and were found again.</param>
internal sealed class EmptiedFolders(IReadOnlyList<string> roots, IReadOnlySet<string> foundAgain)
{
    private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mountPoints = MountPoints();

    /// <summary>The emptied folder that a missing file lay in; null when its folders still hold something, or are gone.</summary>
    public string? Of(string path) => Path.GetDirectoryName(path) is { } folder ? Find(folder) : null;

    private string? Find(string folder)
    {
        if (roots.Contains(folder) || !roots.Any(root => PathRules.LiesIn(folder, root)))
            return null;
        if (_known.TryGetValue(folder, out var known))
            return known;
        var emptied = IsEmptied(folder) ? folder : Of(folder);
        _known[folder] = emptied;
        return emptied;
    }

    private bool IsEmptied(string folder)
    {
        if (!Directory.Exists(folder))
            return false;
        if (_mountPoints.Contains(folder))
            return !foundAgain.Any(other => PathRules.LiesIn(other, folder));
        try
        {
            return !Directory.EnumerateFileSystemEntries(folder).Any();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static HashSet<string> MountPoints()
    {
        try
        {
            return [.. DriveInfo.GetDrives().Select(drive => Path.TrimEndingDirectorySeparator(drive.Name))];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return []; // then only empty folders can be found
        }
    }
}
