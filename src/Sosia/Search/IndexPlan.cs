using Sosia.Photos;
using Sosia.Storage;

namespace Sosia.Search;

/// <summary>What there is to do: the folders as they are, against the catalogue as it is.</summary>
internal sealed class IndexPlan
{
    /// <summary>More than this share of a collection is not removed unless it is said twice: a disk may just not be mounted.</summary>
    public const double LargestSilentRemoval = 0.2;

    private readonly List<string> _roots = [];
    private readonly List<KnownFile> _gone = [];
    private readonly List<KnownFile> _outOfReach = [];

    /// <summary>Files to read: new, changed, waiting from an interrupted run, or failed and to be tried again.</summary>
    public List<FileStamp> ToRead { get; } = [];

    /// <summary>The hash of the photo in each file to read that has not changed: it is stored, and lacks something.</summary>
    public Dictionary<string, string> Stored { get; } = new(StringComparer.Ordinal);

    /// <summary>What could not even be looked at, with its reason.</summary>
    public List<FileOutcome> Unreachable { get; } = [];

    /// <summary>Files that need nothing.</summary>
    public long Unchanged { get; private set; }

    /// <exception cref="UnreadablePhotoException">A root that is neither a file nor a folder and was never indexed.</exception>
    public static IndexPlan Make(IReadOnlyList<string> roots, ICatalogueReader catalogue, IReadOnlyList<SpaceId> spaces, IndexOptions options, CancellationToken cancellation)
    {
        var plan = new IndexPlan();
        plan._roots.AddRange(roots.Select(root => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))).Distinct(StringComparer.Ordinal));
        var known = Known(plan._roots, catalogue, spaces);
        var missing = plan._roots.Where(root => !Path.Exists(root)).ToArray();
        foreach (var root in missing)
            if (!known.Keys.Any(path => LiesIn(path, root)))
                throw NotThere(root);

        var retry = catalogue.Failures().Where(failed => options.RetryFailed || MayHavePassed(failed.Failure.Reason)).Select(failed => failed.File.Path).ToHashSet(StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in PhotoFinder.Find(plan._roots.Except(missing), cancellation))
        {
            known.Remove(file.Stamp.Path, out var before);
            if (file.Problem is not null && before.Sha256 is not null) plan._outOfReach.Add(before); // what was read once stays
            else if (file.Problem is { } problem) plan.Unreachable.Add(new FileOutcome(file.Stamp, null, null, problem));
            else if (before.File == file.Stamp && before.State != PhotoState.Waiting && !retry.Contains(file.Stamp.Path)) plan.Unchanged++;
            else
            {
                plan.ToRead.Add(file.Stamp);
                if (before.File == file.Stamp && before.Sha256 is { } sha256) plan.Stored[file.Stamp.Path] = sha256;
            }
            if (file.Problem is null) found.Add(file.Stamp.Path);
        }
        plan.SortOutMissing(known.Values, found);
        return plan;
    }

    /// <summary>A root that is neither there nor known.</summary>
    public static UnreadablePhotoException NotThere(string root) =>
        new(UnreadableReason.NoAccess, $"There is no file or folder {root}; check the name, or that its disk is mounted.");

    /// <summary>True when a path lies in one of the folders.</summary>
    public bool Covers(string path) => _roots.Exists(root => LiesIn(path, root));

    /// <summary>
    /// Forgets the paths that are gone, after everything found has been stored, so that a photo that was only moved is never lost.
    /// Refuses when that would take more than a fifth of the collection, or all that a folder held.
    /// </summary>
    /// <returns>Photos removed, and why the rest was kept.</returns>
    public (long Removed, string? Kept) RemoveGone(ICatalogueWriter catalogue, bool force)
    {
        var total = catalogue.Count().Total;
        var gone = force ? [.. _gone, .. _outOfReach] : _gone;
        if (!force && Lost(catalogue, _gone) is var lost && lost > LargestSilentRemoval * total)
            return (0, Sentence(lost + Lost(catalogue, _outOfReach), total));
        var removed = catalogue.RemovePaths([.. gone.Select(file => file.File.Path)]);
        return (removed, !force && Lost(catalogue, _outOfReach) is > 0 and var kept ? Sentence(kept, catalogue.Count().Total) : null);
    }

    /// <summary>What is known of the files of all roots. A root may be a file: then its folder is asked, once for all files in it.</summary>
    private static Dictionary<string, KnownFile> Known(List<string> roots, ICatalogueReader catalogue, IReadOnlyList<SpaceId> spaces)
    {
        var known = new Dictionary<string, KnownFile>(StringComparer.Ordinal);
        foreach (var root in roots)
            foreach (var (path, file) in catalogue.FilesUnder(root, spaces)) known[path] = file;
        foreach (var siblings in roots.Where(root => !Directory.Exists(root)).GroupBy(root => Path.GetDirectoryName(root) ?? root))
        {
            var files = catalogue.FilesUnder(siblings.Key, spaces);
            foreach (var root in siblings)
                if (files.TryGetValue(root, out var file)) known[root] = file;
        }
        return known;
    }

    /// <summary>What lies where nothing at all was found any more, or where one may not look, is out of reach; the rest is gone.</summary>
    private void SortOutMissing(IEnumerable<KnownFile> missing, HashSet<string> found)
    {
        var closed = Unreachable.Select(outcome => outcome.File.Path).ToArray();
        var empty = _roots.Where(root => !found.Any(path => LiesIn(path, root)) && !closed.Contains(root) && !File.Exists(root)).ToArray();
        foreach (var file in missing)
        {
            var path = file.File.Path;
            var outOfReach = Array.Exists(closed, folder => LiesIn(path, folder)) || Array.Exists(empty, root => LiesIn(path, root));
            (outOfReach ? _outOfReach : _gone).Add(file);
        }
    }

    private static bool LiesIn(string path, string root) =>
        path == root || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>A reason that time or an option may have taken away, and that costs little to find out.</summary>
    private static bool MayHavePassed(UnreadableReason reason) => reason is UnreadableReason.NoAccess or UnreadableReason.Changing or UnreadableReason.OverLimit;

    private static string Sentence(long lost, long total) =>
        $"{lost:N0} of {total:N0} photos are no longer where they were, which may be a disk that is not mounted: they stay in the collection; use --force to remove them.";

    /// <summary>Photos that would be in no place any more without these files. What could not be read is no loss.</summary>
    private static long Lost(ICatalogueReader catalogue, IReadOnlyCollection<KnownFile> gone)
    {
        var paths = gone.Select(file => file.File.Path).ToHashSet(StringComparer.Ordinal);
        return gone.Where(file => file.State != PhotoState.Unreadable).GroupBy(file => file.Sha256 ?? file.File.Path)
            .LongCount(files => files.First().Sha256 is not { } sha256 || catalogue.FindPhoto(sha256) is not { } photo || photo.Paths.All(paths.Contains));
    }
}
