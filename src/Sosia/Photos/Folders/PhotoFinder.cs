namespace Sosia.Photos.Folders;

/// <summary>A file that may be a photo, or a folder that can't be listed.</summary>
/// <param name="Stamp">Path, length and time of the last change.</param>
/// <param name="Problem">Why it can't be read; null when it can.</param>
internal readonly record struct FoundFile(FileStamp Stamp, Failure? Problem);

/// <summary>
/// Finds the photos under folders: by their names' endings, without following links to folders, each path once. Links to files are followed
/// where they stay in the folders, or when that is asked for: who may write into one folder should not show another by it.
/// </summary>
internal static class PhotoFinder
{
    /// <summary>Folders that programs fill for themselves with copies of photos.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase)
    {
        "@eaDir",
        "#recycle",
        "$RECYCLE.BIN",
        "System Volume Information",
        "lost+found",
    };

    private const string LeadsOut =
        "The file is a link that leads out of the folders that are indexed; index what it leads to, or use --follow-links.";

    /// <summary>What .NET says of an entry that it can't find under its own name: bytes that are no text became others.</summary>
    private const int NoAttributes = -1;

    /// <summary>
    /// Files are given folder by folder, in order of their names; a file that is itself a root is taken whatever its name.
    /// </summary>
    /// <param name="roots">Folders and files that exist.</param>
    /// <param name="cancellation">Checked for every folder.</param>
    public static IEnumerable<FoundFile> Find(IEnumerable<string> roots, CancellationToken cancellation = default) =>
        Find(roots, new HashSet<string>(), Excluded.Nothing, followLinks: true, cancellation);

    /// <inheritdoc cref="Find(IEnumerable{string}, CancellationToken)"/>
    /// <param name="roots">Folders and files that exist.</param>
    /// <param name="leftOut">Folders that are not looked into, as full paths.</param>
    /// <param name="excluded">What else is left out; not a root itself.</param>
    /// <param name="followLinks">Whether links to files may lead out of the roots; a root itself may be one.</param>
    /// <param name="cancellation">Checked for every folder.</param>
    public static IEnumerable<FoundFile> Find(
        IEnumerable<string> roots,
        IReadOnlySet<string> leftOut,
        Excluded excluded,
        bool followLinks,
        CancellationToken cancellation = default
    )
    {
        string[] paths = [.. roots.Select(Path.GetFullPath)];
        // Only roots of which one lies in another lead to a file twice.
        var seen = Array.Exists(paths, path => paths.Count(root => PathRules.LiesIn(path, root)) > 1)
            ? new HashSet<string>(StringComparer.Ordinal)
            : null;
        var links = followLinks ? LinksInside.Any : LinksInside.Of(paths);
        foreach (var root in paths)
        {
            var found = Directory.Exists(root) ? Walk(root, leftOut, excluded, links, cancellation) : [LookAlone(root)];
            foreach (var file in found)
                if (seen?.Add(file.Stamp.Path) != false)
                    yield return file;
        }
    }

    /// <summary>Whether a path below a root lies in no folder that is never looked into, and is no hidden file.</summary>
    internal static bool LooksAt(string path, string root) =>
        Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).All(part => !part.StartsWith('.') && !Ignored.Contains(part));

    /// <summary>The stamp of a file or folder whose stamp could not be read.</summary>
    internal static FileStamp NeverSeen(string path) => new(path, 0, DateTime.UnixEpoch);

    /// <summary>Whether there is a folder of this name that may be looked into.</summary>
    internal static bool CanList(string folder) =>
        Directory.Exists(folder) && List(folder, Excluded.Nothing, LinksInside.Any).Problem is null;

    private static IEnumerable<FoundFile> Walk(
        string root,
        IReadOnlySet<string> leftOut,
        Excluded excluded,
        LinksInside links,
        CancellationToken cancellation
    )
    {
        var waiting = new Stack<string>([root]);
        while (waiting.TryPop(out var folder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (leftOut.Contains(folder))
                continue;
            var (files, folders, sidecars, problem) = List(folder, excluded, links);
            if (problem is { } refused)
                yield return refused;
            foreach (var file in files)
                yield return IsLink(file) && !links.Allow(file.FullName) ? LeadingOut(file.FullName) : Look(file, sidecars);
            for (var i = folders.Count - 1; i >= 0; i--)
                waiting.Push(folders[i]);
        }
    }

    private static (List<FileInfo> Files, List<string> Folders, Sidecars Sidecars, FoundFile? Problem) List(
        string folder,
        Excluded excluded,
        LinksInside links
    )
    {
        var (files, folders, sidecars) = (new List<FileInfo>(), new List<string>(), new Sidecars());
        try
        {
            foreach (
                var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos(
                    "*",
                    new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }
                )
            )
            {
                if (entry.Name.StartsWith('.') || Ignored.Contains(entry.Name) || excluded.Has(entry.FullName))
                    continue;
                if (entry is FileInfo file && Sidecars.Is(entry.Name))
                {
                    if (links.Allow(entry.FullName))
                        sidecars.Add(file);
                }
                else if (entry is FileInfo other)
                    files.Add(other);
                else if ((int)entry.Attributes == NoAttributes || !entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    folders.Add(entry.FullName); // a link to a folder may lead in a circle
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (
                [],
                [],
                sidecars,
                Refused(
                    folder,
                    IsNoText(folder)
                        ? "The folder's name is not valid text (UTF-8); rename it."
                        : "The folder can't be read; allow it for this user, or leave it out."
                )
            );
        }
        files.RemoveAll(file => !PhotoFormats.HasKnownExtension(file.Name));
        files.Sort(static (one, other) => string.CompareOrdinal(one.FullName, other.FullName));
        folders.Sort(StringComparer.Ordinal);
        return (files, folders, sidecars, null);
    }

    /// <summary>A file whose folder is not listed.</summary>
    private static FoundFile LookAlone(string path)
    {
        var sidecars = new Sidecars();
        foreach (var sidecar in Sidecars.NamesOf(path).Select(name => new FileInfo(name)).Where(sidecar => sidecar.Exists))
            sidecars.Add(sidecar);
        return Look(new FileInfo(path), sidecars);
    }

    /// <summary>Whether a file is a link, or can't be looked at: one question to the system, whose answer holds the stamp too.</summary>
    private static bool IsLink(FileInfo file) => file.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static FoundFile Look(FileInfo file, Sidecars sidecars)
    {
        var path = file.FullName;
        try
        {
            var stamp = IsLink(file) ? PhotoFile.StampOf(path) : PhotoFile.StampOf(file);
            return new FoundFile(stamp with { Sidecar = sidecars.Of(path) }, null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Refused(
                path,
                IsNoText(path)
                    ? "The file's name is not valid text (UTF-8); rename it."
                    : "The file is a link that leads nowhere, or its target may not be read."
            );
        }
    }

    private static FoundFile LeadingOut(string path) => new(NeverSeen(path), new Failure(UnreadableReason.LeadsOut, LeadsOut));

    private static bool IsNoText(string path) => path.Contains('\uFFFD', StringComparison.Ordinal);

    private static FoundFile Refused(string path, string why) => new(NeverSeen(path), new Failure(UnreadableReason.NoAccess, why));
}
