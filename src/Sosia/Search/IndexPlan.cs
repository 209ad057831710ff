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

    /// <summary>Files to read: new, changed, waiting from an interrupted run, or failed and to be tried again.</summary>
    public List<FileStamp> ToRead { get; } = [];

    /// <summary>What could not even be looked at, with its reason.</summary>
    public List<FileOutcome> Unreachable { get; } = [];

    /// <summary>Files that need nothing.</summary>
    public long Unchanged { get; private set; }

    /// <exception cref="UnreadablePhotoException">A root that is neither a file nor a folder and was never indexed.</exception>
    public static IndexPlan Make(IReadOnlyList<string> roots, ICatalogueReader catalogue, SpaceId space, IndexOptions options, CancellationToken cancellation)
    {
        var plan = new IndexPlan();
        var known = new Dictionary<string, KnownFile>(StringComparer.Ordinal);
        foreach (var root in roots.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal))
        {
            var before = known.Count;
            foreach (var (path, file) in catalogue.FilesUnder(root, space)) known[path] = file;
            if (!Path.Exists(root) && known.Count == before)
                throw new UnreadablePhotoException(UnreadableReason.NoAccess, $"There is no file or folder {root}; check the name, or that its disk is mounted.");
            plan._roots.Add(root);
        }

        foreach (var found in PhotoFinder.Find(plan._roots.Where(Path.Exists), cancellation))
        {
            known.Remove(found.Stamp.Path, out var before);
            if (found.Problem is { } problem) plan.Unreachable.Add(new FileOutcome(found.Stamp, null, null, problem));
            else if (before.File == found.Stamp && !MustRead(before.State, options)) plan.Unchanged++;
            else plan.ToRead.Add(found.Stamp);
        }
        plan._gone.AddRange(known.Values);
        return plan;
    }

    /// <summary>True when a path lies in one of the folders.</summary>
    public bool Covers(string path) =>
        _roots.Exists(root => path == root || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>
    /// Forgets the paths that are gone, after everything found has been stored, so that a photo that was only moved is never lost.
    /// Refuses when that would take more than a fifth of the collection.
    /// </summary>
    /// <returns>Photos removed, and why the rest was kept.</returns>
    public (long Removed, string? Kept) RemoveGone(ICatalogueWriter catalogue, bool force)
    {
        var total = catalogue.Count().Total;
        var lost = _gone.GroupBy(file => file.Sha256 ?? file.File.Path).LongCount(paths => IsLost(catalogue, paths));
        if (!force && lost > LargestSilentRemoval * total)
            return (0, $"{lost:N0} of {total:N0} photos are no longer where they were, which may be a disk that is not mounted: they stay in the collection; use --force to remove them.");
        return (catalogue.RemovePaths([.. _gone.Select(file => file.File.Path)]), null);
    }

    private static bool IsLost(ICatalogueReader catalogue, IGrouping<string, KnownFile> gone) =>
        gone.First().Sha256 is not { } sha256
        || catalogue.FindPhoto(sha256) is not { } photo
        || photo.Paths.All(path => gone.Any(file => file.File.Path == path));

    private static bool MustRead(PhotoState state, IndexOptions options) =>
        state == PhotoState.Waiting || (state == PhotoState.Unreadable && options.RetryFailed);
}
