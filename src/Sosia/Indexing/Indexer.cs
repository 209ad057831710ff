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
        var spaces = new IndexedSpaces(writer.EnsureSpace(faces.Space), Look is null ? null : writer.EnsureSpace(Look.Space));
        spaces = spaces with { Places = options.Places, DescriptorVersion = PhotoDescriptor.Version };
        if (options.Again)
            spaces = faces.FoundAsNow(spaces);

        var indexed = IndexRoots.Of(roots, collection);
        var plan = IndexPlan.Make(indexed, writer, spaces, options, cancellation);
        foreach (var files in plan.ToRead.Chunk(FilesAtOnce))
            writer.Announce(files);
        writer.Commit(spaces, plan.Unreachable);

        var tally = new Tally();
        var committer = new Committer(writer, spaces, Report, Clock);
        Read(plan.ToRead, spaces, committer, options.Workers, cancellation);
        var (removed, kept) = plan.Missing.Remove(writer, options.Force);

        return new IndexSummary
        {
            Photos = tally.Photos,
            Looks = tally.Looks,
            Completed = tally.Completed,
            Faces = tally.Faces,
            Skipped = plan.Unchanged + tally.Known,
            Removed = removed,
            Failures = [.. writer.Failures().Where(failed => indexed.Cover(failed.File.Path))],
            Kept = kept,
            Elapsed = Clock.GetElapsedTime(started),
        };

        void Report(FileOutcome outcome)
        {
            tally.Add(outcome);
            progress?.Report(new IndexProgress(tally.Done, plan.ToRead.Count, outcome));
        }
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

    /// <summary>Reads files and commits what became of them; in further rounds those whose outcome no longer held at its commit.</summary>
    private void Read(
        IReadOnlyList<FileStamp> files,
        IndexedSpaces spaces,
        Committer committer,
        int workers,
        CancellationToken cancellation
    )
    {
        if (files.Count == 0)
            return; // and no network was loaded
        var analyser = new FileAnalyser(limits, decoder, faces.Load(), Look?.Load()) { Clock = Clock };
        using var known = store.OpenReader();
        for (; files.Count > 0; files = committer.TakeFilesToReadAgain())
        {
            using var work = new ParallelWork<FileStamp, FileOutcome>(
                files,
                workers,
                (file, stop) => analyser.Analyse(file, known, spaces, stop),
                cancellation
            );
            CommitAll(work, committer);
            work.ThrowIfFailed();
            cancellation.ThrowIfCancellationRequested();
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
