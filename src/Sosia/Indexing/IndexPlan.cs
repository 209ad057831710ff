using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>What there is to do: the folders as they are, against the catalogue as it is.</summary>
internal sealed class IndexPlan(IndexRoots roots)
{
    /// <summary>Files to read: new, changed, waiting from an interrupted run, or failed and to be tried again.</summary>
    public List<FileStamp> ToRead { get; } = [];

    /// <summary>What could not even be looked at, with its reason.</summary>
    public List<FileOutcome> Unreachable { get; } = [];

    /// <summary>Known files that were not found again.</summary>
    public MissingFiles Missing { get; } = new();

    /// <summary>Files that need nothing.</summary>
    public long Unchanged { get; private set; }

    /// <summary>Compares the folders with the catalogue.</summary>
    /// <param name="roots">What the run is about.</param>
    /// <param name="catalogue">What is known.</param>
    /// <param name="spaces">What the run fills: a file whose photo lacks something in them is read again.</param>
    /// <param name="options">What is tried again, and removed.</param>
    /// <param name="cancellation">Looked at for every folder.</param>
    /// <exception cref="UnreadablePhotoException">A root that is neither a file nor a folder and was never indexed.</exception>
    public static IndexPlan Make(
        IndexRoots roots,
        ICatalogueReader catalogue,
        IndexedSpaces spaces,
        IndexOptions options,
        CancellationToken cancellation
    )
    {
        var plan = new IndexPlan(roots);
        var failures = catalogue.Failures();
        var known = Known(roots.Paths, catalogue, spaces);
        var missing = roots.Paths.Where(root => !Path.Exists(root)).ToArray();
        foreach (var root in missing)
            if (!known.Values.Any(file => PathRules.LiesIn(file.File.Path, root) && !IsFailureOnly(file)))
                throw NotThere(root);
        foreach (var refused in failures.Where(plan.IsRefusedNoMore))
            known.TryAdd(refused.File.Path, new KnownFile(refused.File, FileState.Unreadable, Photo: null));
        var files = PhotoFinder.Find(roots.Paths.Except(missing), roots.LeftOut, cancellation);
        var found = plan.Sort(files, known, Retried(failures, options), options);
        plan.SortOutMissing(known.Values, found);
        return plan;
    }

    /// <summary>A root that is neither there nor known.</summary>
    public static UnreadablePhotoException NotThere(string root) =>
        new(UnreadableReason.NoAccess, $"There is no file or folder {root}; check the name, or that its disk is mounted.");

    /// <summary>Says of every file found what is to be done with it, and takes it from the known ones.</summary>
    private FoundPaths Sort(
        IEnumerable<FoundFile> files,
        Dictionary<string, KnownFile> known,
        HashSet<string> retried,
        IndexOptions options
    )
    {
        var found = new FoundPaths(new(StringComparer.Ordinal), []);
        foreach (var file in files)
        {
            var path = file.Stamp.Path;
            var isKnown = known.Remove(path, out var before);
            if (file.Problem is { } problem)
            {
                Unreachable.Add(new PhotoUnreadable(file.Stamp, problem));
                if (before.Photo is not null && options.Force)
                    Missing.AddOutOfReach(before);
                continue;
            }
            found.All.Add(path);
            if (isKnown)
                found.Again.Add(path);
            if (isKnown && IsDone(before, file.Stamp) && !retried.Contains(path))
                Unchanged++;
            else
                ToRead.Add(file.Stamp);
        }
        return found;
    }

    /// <summary>Whether a file needs nothing, unless it is tried again.</summary>
    private static bool IsDone(KnownFile known, FileStamp now) =>
        known.File == now && known.State is (FileState.Complete or FileState.Unreadable);

    /// <summary>
    /// What is known of the files of all roots. A root may be a file: then its folder is asked, once for all files in it.
    /// </summary>
    private static Dictionary<string, KnownFile> Known(IReadOnlyList<string> roots, ICatalogueReader catalogue, IndexedSpaces spaces)
    {
        var known = new Dictionary<string, KnownFile>(StringComparer.Ordinal);
        foreach (var root in roots)
        foreach (var (path, file) in catalogue.FilesUnder(root, spaces))
            known[path] = file;
        foreach (var siblings in roots.Where(root => !Directory.Exists(root)).GroupBy(root => Path.GetDirectoryName(root) ?? root))
        {
            var files = catalogue.FilesUnder(siblings.Key, spaces);
            foreach (var root in siblings)
                if (files.TryGetValue(root, out var file))
                    known[root] = file;
        }
        return known;
    }

    /// <summary>
    /// What lies where nothing at all was found any more, or where one may not look, is out of reach. A folder that was emptied may be
    /// where a disk is mounted. The rest is gone.
    /// </summary>
    private void SortOutMissing(IReadOnlyCollection<KnownFile> missing, FoundPaths found)
    {
        if (missing.Count == 0)
            return;
        var closed = Unreachable.Select(outcome => outcome.File.Path).ToArray();
        var empty = roots
            .Paths.Where(root => !closed.Contains(root) && !File.Exists(root))
            .Where(root => !found.All.Any(path => PathRules.LiesIn(path, root)))
            .ToArray();
        var emptied = new EmptiedFolders(roots.Paths, found.Again);
        foreach (var file in missing)
        {
            var path = file.File.Path;
            if (roots.LeaveOut(path))
                Missing.AddLeftOut(file);
            else if (IsFailureOnly(file) && Directory.Exists(path))
                Missing.AddGone(file); // a folder that was refused before
            else if (closed.Concat(empty).Any(folder => PathRules.LiesIn(path, folder)))
                Missing.AddOutOfReach(file);
            else if (emptied.Of(path) is { } folder)
                Missing.AddEmptied(file, folder);
            else
                Missing.AddGone(file);
        }
    }

    /// <summary>A file or folder that could never be read: all there is of it is the reason.</summary>
    private static bool IsFailureOnly(KnownFile file) => file is { Photo: null, State: FileState.Unreadable };

    /// <summary>
    /// Whether a folder that could not be looked into once is no failure any more: this run looks into it, or it is not in this run, and is
    /// gone or could be looked into.
    /// </summary>
    private bool IsRefusedNoMore(FailedFile failed)
    {
        var path = failed.File.Path;
        if (failed.Photo is not null || failed.File != PhotoFinder.NeverSeen(path))
            return false;
        return roots.Paths.Contains(path) || (!roots.Cover(path) && (!Path.Exists(path) || PhotoFinder.CanList(path)));
    }

    /// <summary>Files that failed and are tried again though they have not changed.</summary>
    private static HashSet<string> Retried(IReadOnlyList<FailedFile> failures, IndexOptions options)
    {
        var retried = failures.Where(failed => options.RetryFailed || MayHavePassed(failed.Failure.Reason));
        return retried.Select(failed => failed.File.Path).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A reason that time or an option may have taken away, and that costs little to find out.</summary>
    private static bool MayHavePassed(UnreadableReason reason) =>
        reason is UnreadableReason.NoAccess or UnreadableReason.Changing or UnreadableReason.OverLimit or UnreadableReason.NotEmbedded;

    /// <param name="All">Paths of all files found.</param>
    /// <param name="Again">Those of them that were known.</param>
    private sealed record FoundPaths(HashSet<string> All, List<string> Again);
}
