using System.Text;
using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Photos.Folders;

namespace Sosia.Indexing;

/// <summary>The work of a run: the folders as they are now, compared with the catalogue.</summary>
internal sealed class IndexPlan(IndexRoots roots)
{
    /// <summary>Files to read: new, changed, incomplete, left by an interrupted run, or failed and to be tried again.</summary>
    public List<FileStamp> ToRead { get; } = [];

    /// <summary>Files and folders that could not be listed or asked for their stamp, each with its reason.</summary>
    public List<PhotoUnreadable> Unreachable { get; } = [];

    /// <summary>Known files that were not found again.</summary>
    public MissingFiles Missing { get; } = new();

    /// <summary>The number of files that need nothing.</summary>
    public long Unchanged { get; private set; }

    /// <summary>Compares the folders with the catalogue.</summary>
    /// <param name="roots">The folders and files of the run.</param>
    /// <param name="catalogue">What is known.</param>
    /// <param name="spaces">The spaces that the run fills: a file whose photo lacks something in them is read again.</param>
    /// <param name="options">What is tried again, and removed.</param>
    /// <param name="cancellation">Checked for every folder.</param>
    /// <exception cref="UnreadablePhotoException">A root is neither a file nor a folder and was never indexed.</exception>
    public static IndexPlan Make(
        IndexRoots roots,
        IFileReader catalogue,
        IndexedSpaces spaces,
        IndexOptions options,
        CancellationToken cancellation
    )
    {
        var plan = new IndexPlan(roots);
        var failures = catalogue.Failures();
        KnownFile[] refusedNoMore =
        [
            .. failures.Where(plan.IsRefusedNoMore).Select(refused => new KnownFile(refused.File, FileState.Unreadable, Photo: null)),
        ];
        var known = new KnownFiles(roots.Paths, catalogue, spaces, refusedNoMore, cancellation);
        var missingRoots = roots.Paths.Where(root => !Path.Exists(root)).ToArray();
        if (Array.Find(missingRoots, root => !known.KnowsMoreOf(root)) is { } missing)
            throw NotThere(missing);

        var excluded = new Excluded(options.Exclude);
        var files = PhotoFinder.Find(roots.Paths.Except(missingRoots), roots.LeftOut, excluded, options.FollowLinks, cancellation);
        var found = plan.AddFound(files, known, PathsToRetry(failures, options), options, catalogue);
        plan.AddMissing(known.NotFound(), found, excluded);
        return plan;
    }

    /// <summary>Takes out the files whose paths the catalogue can't keep.</summary>
    /// <param name="bytes">Bytes of the longest path that it can, in UTF-8.</param>
    /// <returns>The files, each with the reason.</returns>
    public IReadOnlyList<FailedFile> TakeLongerThan(int bytes)
    {
        bool IsTooLong(FileStamp file) => Encoding.UTF8.GetByteCount(file.Path) > bytes;
        FailedFile[] taken = [.. ToRead.Concat(Unreachable.Select(outcome => outcome.File)).Where(IsTooLong).Select(TooLong)];
        ToRead.RemoveAll(IsTooLong);
        Unreachable.RemoveAll(outcome => IsTooLong(outcome.File));
        return taken;

        FailedFile TooLong(FileStamp file) =>
            new(
                file,
                new Failure(
                    UnreadableReason.OverLimit,
                    $"Its path has {Encoding.UTF8.GetByteCount(file.Path):N0} bytes, and the database keeps paths of {bytes:N0}: "
                        + "shorten it."
                )
            );
    }

    /// <summary>The error for a root that is neither there nor known.</summary>
    public static UnreadablePhotoException NotThere(string root) =>
        new(UnreadableReason.NoAccess, $"There is no file or folder {root}; check the name, or that its disk is mounted.");

    /// <summary>Decides what to do with every file found.</summary>
    private Found AddFound(
        IEnumerable<FoundFile> files,
        KnownFiles known,
        HashSet<string> retry,
        IndexOptions options,
        IFileReader catalogue
    )
    {
        var found = new Found(roots.Paths);
        var foundBefore = new List<FileStamp>();
        foreach (var file in files)
        {
            var path = file.Stamp.Path;
            var before = known.Find(path);
            if (file.Problem is { } problem)
            {
                Unreachable.Add(new PhotoUnreadable(file.Stamp, problem));
                if (options.Force && problem.Reason != UnreadableReason.LeadsOut && catalogue.FindFile(path) is { Photo: not null } stored)
                    Missing.AddOutOfReach(stored);
                continue;
            }
            found.Add(path, isKnown: before is not null);
            if (before is { } same && same.File == file.Stamp && IsDone(same.State) && !retry.Contains(path))
                Unchanged++;
            else if (before is { State: FileState.Incomplete } incomplete && incomplete.File == file.Stamp)
                foundBefore.Add(file.Stamp);
            else
                ToRead.Add(file.Stamp);
        }
        ToRead.AddRange(foundBefore); // they can be found already, and what is new can't
        return found;
    }

    /// <summary>Whether a file that has not changed needs nothing, unless it is to be tried again.</summary>
    private static bool IsDone(FileState state) => state is FileState.Complete or FileState.Unreadable;

    /// <summary>
    /// Sorts the known files that were not found. A file in a folder that can't be listed, or under a root where nothing at all was found,
    /// is out of reach. A folder that was emptied may be the mount point of a disk. Every other file is gone.
    /// </summary>
    private void AddMissing(IReadOnlyCollection<KnownFile> missing, Found found, Excluded excluded)
    {
        if (missing.Count == 0)
            return;
        var closed = Unreachable.Select(outcome => outcome.File.Path).ToArray();
        var empty = found.RootsWithout.Where(root => !closed.Contains(root) && !File.Exists(root));
        string[] outOfReach = [.. closed, .. empty];
        var emptied = new EmptiedFolders(roots.Paths, found.FoldersWithKnown);
        foreach (var file in missing)
        {
            var path = file.File.Path;
            if (roots.LeaveOut(path))
                Missing.AddLeftOut(file);
            else if (roots.Paths.Any(root => PathRules.LiesIn(path, root) && excluded.Covers(path, root)))
                Missing.AddExcluded(file);
            else if (KnownFiles.IsFailureOnly(file) && Directory.Exists(path))
                Missing.AddGone(file); // a folder that was refused before
            else if (outOfReach.Any(folder => PathRules.LiesIn(path, folder)))
                Missing.AddOutOfReach(file);
            else if (emptied.Of(path) is { } folder)
                Missing.AddEmptied(file, folder);
            else
                Missing.AddGone(file);
        }
    }

    /// <summary>
    /// Whether a folder that once could not be listed is no failure any more: this run lists it, or it lies outside this run, and is gone
    /// or can be listed now.
    /// </summary>
    private bool IsRefusedNoMore(FailedFile failed)
    {
        var path = failed.File.Path;
        if (failed.Photo is not null || failed.File != PhotoFinder.NeverSeen(path))
            return false;
        if (roots.Paths.Contains(path))
            return true;
        return !roots.Cover(path) && (!Path.Exists(path) || PhotoFinder.CanList(path));
    }

    /// <summary>Paths of files that failed and are tried again, although they have not changed.</summary>
    private static HashSet<string> PathsToRetry(IReadOnlyList<FailedFile> failures, IndexOptions options)
    {
        var retry = failures.Where(failed => options.RetryFailed || MayHavePassed(failed.Failure.Reason));
        return retry.Select(failed => failed.File.Path).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Whether time, an option or a new version may have removed the reason of a failure, so that every run tries the file again.
    /// </summary>
    private static bool MayHavePassed(UnreadableReason reason) =>
        reason
            is UnreadableReason.NoAccess
                or UnreadableReason.Changing
                or UnreadableReason.OverLimit
                or UnreadableReason.NotEmbedded
                or UnreadableReason.NoDecoder
                or UnreadableReason.LeadsOut;

    /// <summary>What is remembered of the files found, for what is said of those that were not.</summary>
    private sealed class Found(IReadOnlyList<string> roots)
    {
        /// <summary>Roots in which no file was found.</summary>
        public List<string> RootsWithout { get; } = [.. roots];

        /// <summary>Folders with files in them that were known.</summary>
        public HashSet<string> FoldersWithKnown { get; } = new(StringComparer.Ordinal);

        public void Add(string path, bool isKnown)
        {
            if (RootsWithout.Count > 0)
                RootsWithout.RemoveAll(root => PathRules.LiesIn(path, root));
            if (isKnown && Path.GetDirectoryName(path) is { } folder)
                FoldersWithKnown.Add(folder);
        }
    }
}
