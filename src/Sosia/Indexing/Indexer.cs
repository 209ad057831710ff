using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia.Indexing;

/// <summary>
/// Brings a catalogue up to date with folders: files are read, decoded and embedded by several threads and committed in small
/// transactions by one writer. What was committed is never done again, so a run can be ended at any moment.
/// </summary>
/// <param name="store">The catalogue.</param>
/// <param name="collection">The collection's own directory.</param>
/// <param name="limits">What is read of a file.</param>
/// <param name="decoder">Makes photos of files.</param>
/// <param name="faces">Makes faces of photos.</param>
internal sealed class Indexer(ICatalogueStore store, string collection, PhotoOptions limits, IPhotoDecoder decoder, FacePipeline faces)
{
    /// <summary>Outcomes in one transaction, at most.</summary>
    private const int BatchSize = 64;

    /// <summary>How long a finished photo may wait for its transaction.</summary>
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Measures the time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes rows by look; null when they are not wanted.</summary>
    public LookReader? Look { get; init; }

    public IndexSummary Run(
        IReadOnlyList<string> roots,
        IndexOptions options,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellation
    )
    {
        var started = Clock.GetTimestamp();
        if (roots.FirstOrDefault(root => !Path.Exists(root)) is { } missing && !HasCatalogue())
            throw IndexPlan.NotThere(Path.GetFullPath(missing)); // a slip of the pen makes no collection
        using var writer = store.OpenWriter();
        var spaces = new Spaces(writer.EnsureSpace(faces.Space), Look is null ? null : writer.EnsureSpace(Look.Space));

        var about = IndexRoots.Of(roots, collection);
        var plan = IndexPlan.Make(about, writer, spaces.All, options, cancellation);
        writer.Announce(plan.ToRead);
        writer.Commit(spaces.Faces, plan.Unreachable);
        var tally = ReadAll(writer, spaces, plan, options.Workers, progress, cancellation);
        var (removed, kept) = plan.Missing.Remove(writer, options.Force);

        return new IndexSummary
        {
            Photos = tally.Photos,
            Looks = tally.Looks,
            Faces = tally.Faces,
            Skipped = plan.Unchanged + tally.Known,
            Removed = removed,
            Failures = [.. writer.Failures().Where(failed => about.Cover(failed.File.Path))],
            Kept = kept,
            Elapsed = Clock.GetElapsedTime(started),
        };
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

    private Tally ReadAll(
        ICatalogueWriter writer,
        Spaces spaces,
        IndexPlan plan,
        int workers,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellation
    )
    {
        var files = plan.ToRead;
        var tally = new Tally();
        using var known = store.OpenReader();
        using var work = new ParallelWork<FileStamp, FileOutcome>(files, workers, One, cancellation);
        var batch = new List<FileOutcome>();
        var oldest = Clock.GetTimestamp();
        while (work.TryTake(out var outcome, BatchTime) || !work.IsCompleted)
        {
            if (outcome is not null)
            {
                if (batch.Count == 0)
                    oldest = Clock.GetTimestamp();
                batch.Add(outcome);
            }
            if (batch.Count == BatchSize || Clock.GetElapsedTime(oldest) >= BatchTime)
                Store();
        }
        Store();
        work.ThrowIfFailed();
        cancellation.ThrowIfCancellationRequested();
        return tally;

        FileOutcome One(FileStamp file, CancellationToken stop) => ReadOne(file, spaces, known, stop);

        void Store()
        {
            if (batch.Count == 0)
                return;
            // A photo found under a second name may have been removed since under its first: then it is read after all.
            var outcomes = batch.ConvertAll(outcome =>
                outcome.KnownSha256 is { } sha256 && writer.FindPhoto(sha256) is null ? One(outcome.File, CancellationToken.None) : outcome
            );
            Commit(writer, spaces, outcomes);
            foreach (var committed in outcomes)
            {
                var done = tally.Add(committed);
                progress?.Report(new IndexProgress(done, files.Count, committed));
            }
            batch.Clear();
        }
    }

    private FileOutcome ReadOne(FileStamp file, Spaces spaces, ICatalogueReader known, CancellationToken cancellation)
    {
        try
        {
            var read = Read(file, cancellation);
            var hasFaces = known.IsAnalysed(read.Sha256, spaces.Faces);
            var hasLook = spaces.Photos is not { } look || known.IsAnalysed(read.Sha256, look);
            if ((hasFaces && hasLook) || known.IsForgotten(read.Sha256))
                return new FileOutcome(read.Stamp, null, read.Sha256, null);
            var photo = Decode(read, cancellation);
            var row = hasLook ? null : Look!.Read(photo, cancellation);
            return hasFaces
                ? new FileOutcome(read.Stamp, null, read.Sha256, null) { Look = row }
                : new FileOutcome(read.Stamp, faces.ToStored(photo, read.Sha256, cancellation), null, null) { Look = row };
        }
        catch (UnreadablePhotoException unreadable)
        {
            return new FileOutcome(file, null, null, new Failure(unreadable.Reason, unreadable.Message));
        }
        catch (ModelException nothing) when (nothing.Problem == ModelProblem.DoesNotFit)
        {
            return new FileOutcome(file, null, null, new Failure(UnreadableReason.NotEmbedded, nothing.Message));
        }
        catch (Exception mistake)
            when (mistake is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException)
        {
            // A mistake of this program's, which one photo brings to light: that must not cost the thousands after it.
            return new FileOutcome(
                file,
                null,
                null,
                new Failure(
                    UnreadableReason.Damaged,
                    $"Sosia can't work on this photo ({mistake.GetType().Name}: {mistake.Message.ReplaceLineEndings(" ")}); please "
                        + "report it."
                )
            );
        }
    }

    private PhotoFile Read(FileStamp file, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("read");
        return PhotoFile.Read(file.Path, limits, cancellation);
    }

    private Photo Decode(PhotoFile file, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("decode");
        return decoder.Decode(file, cancellation);
    }

    private static void Commit(ICatalogueWriter writer, Spaces spaces, List<FileOutcome> batch)
    {
        using var _ = Telemetry.Measure("store");
        writer.Commit(spaces.Faces, batch, spaces.Photos);
    }

    /// <summary>Where rows go: those of faces, and those of photos where they are wanted.</summary>
    private sealed record Spaces(SpaceId Faces, SpaceId? Photos)
    {
        public IReadOnlyList<SpaceId> All => Photos is { } photos ? [Faces, photos] : [Faces];
    }

    private sealed class Tally
    {
        public long Photos { get; private set; }
        public long Faces { get; private set; }
        public long Known { get; private set; }
        public long Looks { get; private set; }
        private long _done;

        /// <returns>Outcomes counted so far.</returns>
        public long Add(FileOutcome outcome)
        {
            if (outcome.Photo is { } photo)
                (Photos, Faces) = (Photos + 1, Faces + photo.Faces.Count);
            else if (outcome is { KnownSha256: not null, Look: not null })
                Photos++;
            else if (outcome.KnownSha256 is not null)
                Known++;
            if (outcome.Look is { Length: > 0 })
                Looks++;
            return ++_done;
        }
    }
}
