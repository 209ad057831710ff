using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia.Indexing;

/// <summary>
/// Brings a catalogue up to date with folders. Several threads read, decode and embed files (<see cref="FileAnalyser"/>); one commits what
/// became of them, in small transactions (<see cref="Committer"/>). What was committed is never done again, so a run can end at any moment.
/// </summary>
/// <param name="store">The catalogue.</param>
/// <param name="collection">The collection's own directory.</param>
/// <param name="limits">The largest file that is read.</param>
/// <param name="decoder">Makes photos of files.</param>
/// <param name="faces">Makes faces of photos; loaded when there is a file to read.</param>
internal sealed class Indexer(ICatalogueStore store, string collection, PhotoOptions limits, IPhotoDecoder decoder, DeferredFaces faces)
{
    /// <summary>Files announced in one transaction.</summary>
    private const int FilesAtOnce = 10_000;

    /// <summary>Measures how long a run takes, and how long an outcome waits for its commit.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes rows by look, likewise; null when they are not wanted.</summary>
    public DeferredAppearance? Look { get; init; }

    /// <summary>How files are to be read, for the queue of a store that has one.</summary>
    public required WorkOrder Order { get; init; }

    /// <inheritdoc cref="CollectionIndexing.Run"/>
    public IndexSummary Run(
        IReadOnlyList<string> roots,
        IndexOptions options,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellation
    )
    {
        var started = Clock.GetTimestamp();
        if (!HasCatalogue())
            CheckBeforeMaking(roots);
        using IIndexWriter writer = store.OpenIndexer(cancellation);
        var spaces = SpacesIn(writer);
        var indexed = IndexRoots.Of(roots, collection);
        var plan = IndexPlan.Make(indexed, writer, spaces, options, cancellation);
        var tooLong = plan.TakeLongerThan(store.LongestPath);
        foreach (var files in plan.ToRead.Chunk(FilesAtOnce))
        {
            writer.Announce(files);
            store.Queue?.Add(Order.ToText(), files);
        }
        writer.Commit(spaces, plan.Unreachable);

        var tally = new Tally();
        var queued = store.Queue is { } queue ? new QueuedFiles(queue, Order.ToText(), indexed.Paths) : null;
        var committer = new Committer(writer, spaces, Report, Clock);
        if (queued is not null)
            Read(queued, writer, spaces, committer, PathMap.Own, options.Workers, cancellation);
        else if (plan.ToRead.Count > 0) // else no network is loaded
            Read(plan.ToRead, spaces, committer, PathMap.Own, options.Workers, cancellation);
        var (removed, kept) = plan.Missing.Remove(writer, options.Force);

        return new IndexSummary
        {
            Photos = tally.Photos,
            Looks = tally.Looks,
            Completed = tally.Completed,
            Faces = tally.Faces,
            Elsewhere = queued is null ? 0 : Math.Max(0, plan.ToRead.Count - tally.Done),
            Skipped = plan.Unchanged + tally.Known,
            Removed = removed,
            Failures = [.. writer.Failures().Where(failed => indexed.Cover(failed.File.Path)), .. tooLong],
            Kept = kept,
            Elapsed = Clock.GetElapsedTime(started),
        };

        void Report(FileOutcome outcome)
        {
            tally.Add(outcome);
            queued?.NoteStored(outcome.File.Path);
            progress?.Report(new IndexProgress(tally.Done, plan.ToRead.Count, outcome));
        }
    }

    /// <summary>Reads the files that wait for an order, until none is left.</summary>
    /// <param name="map">Where the originals lie.</param>
    /// <param name="workers">Photos worked on at once.</param>
    /// <param name="progress">Told of every photo after it was committed; what others read is counted, and not told.</param>
    /// <param name="cancellation">Ends the work; what was not stored is given back.</param>
    public IndexSummary Work(PathMap map, int workers, IProgress<IndexProgress>? progress, CancellationToken cancellation)
    {
        var started = Clock.GetTimestamp();
        var queued = new QueuedFiles(store.Queue!, Order.ToText(), under: null);
        using IIndexWriter writer = store.OpenIndexer(cancellation);
        var spaces = SpacesIn(writer);
        var (tally, failures) = (new Tally(), new List<FailedFile>());
        Read(queued, writer, spaces, new Committer(writer, spaces, Report, Clock), map, workers, cancellation);
        return new IndexSummary
        {
            Photos = tally.Photos,
            Looks = tally.Looks,
            Completed = tally.Completed,
            Faces = tally.Faces,
            Skipped = tally.Known,
            Failures = failures,
            Elapsed = Clock.GetElapsedTime(started),
        };

        void Report(FileOutcome outcome)
        {
            tally.Add(outcome);
            queued.NoteStored(outcome.File.Path);
            if (outcome is PhotoUnreadable unreadable)
                failures.Add(new FailedFile(unreadable.File, unreadable.Failure));
            progress?.Report(new IndexProgress(tally.Done, Math.Max(tally.Done, queued.Left), outcome));
        }
    }

    private IndexedSpaces SpacesIn(IIndexWriter writer)
    {
        var spaces = new IndexedSpaces(writer.EnsureSpace(faces.Space), Look is null ? null : writer.EnsureSpace(Look.Space))
        {
            Places = Order.Places,
            DescriptorVersion = PhotoDescriptor.Version,
        };
        return Order.Again ? faces.FoundAsNow(spaces) : spaces;
    }

    /// <summary>Fails before a collection is made: a folder that was misspelt, or a missing network, leaves none behind.</summary>
    private void CheckBeforeMaking(IReadOnlyList<string> roots)
    {
        if (roots.FirstOrDefault(root => !Path.Exists(root)) is { } missing)
            throw IndexPlan.NotThere(Path.GetFullPath(missing));
        faces.Load();
        Look?.Load();
    }

    private bool HasCatalogue()
    {
        try
        {
            store.OpenReader().Dispose();
            return true;
        }
        catch (CatalogueException nothing) when (nothing.Problem == CatalogueProblem.Missing)
        {
            return false;
        }
    }

    /// <summary>Reads the files of a queue that are left, those that nobody else reads.</summary>
    private void Read(
        QueuedFiles queued,
        IIndexWriter writer,
        IndexedSpaces spaces,
        Committer committer,
        PathMap map,
        int workers,
        CancellationToken cancellation
    ) =>
        queued.ReadAll(
            files => Read(files, spaces, committer, map, workers, cancellation),
            files =>
            {
                writer.Commit(spaces, files);
                foreach (var file in files)
                    committer.Tell(file);
            },
            cancellation
        );

    /// <summary>Reads files and commits what became of them; in further rounds those whose outcome no longer held at its commit.</summary>
    private void Read(
        IEnumerable<FileStamp> files,
        IndexedSpaces spaces,
        Committer committer,
        PathMap map,
        int workers,
        CancellationToken cancellation
    )
    {
        var analyser = new FileAnalyser(limits, decoder, faces.Load(), Look?.Load()) { Clock = Clock };
        using var known = new CatalogueReaders(store);
        for (IReadOnlyList<FileStamp> again = []; ; files = again)
        {
            using var work = new ParallelWork<FileStamp, FileOutcome>(
                files,
                workers,
                (file, stop) => known.Ask(reader => map.Stored(analyser.Analyse(map.Find(file), reader, spaces, stop), file)),
                cancellation
            );
            CommitAll(work, committer);
            work.ThrowIfFailed();
            cancellation.ThrowIfCancellationRequested();
            again = committer.TakeFilesToReadAgain();
            if (again.Count == 0)
                return;
        }
    }

    private static void CommitAll(ParallelWork<FileStamp, FileOutcome> work, Committer committer)
    {
        while (work.TryTake(out var outcome, Committer.BatchTime) || !work.IsCompleted)
        {
            if (outcome is not null)
                committer.Add(outcome);
            committer.CommitWhenDue();
        }
        committer.Commit();
    }
}
