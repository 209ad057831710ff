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
        var spaces = new IndexedSpaces(writer.EnsureSpace(faces.Space), Look is null ? null : writer.EnsureSpace(Look.Space));

        var about = IndexRoots.Of(roots, collection);
        var plan = IndexPlan.Make(about, writer, spaces, options, cancellation);
        writer.Announce(plan.ToRead);
        writer.Commit(spaces, plan.Unreachable);
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
        IndexedSpaces spaces,
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
                LacksSomething(outcome, writer, spaces) ? One(outcome.File, CancellationToken.None) : outcome
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

    /// <summary>Whether a photo still lacks something when an outcome that was read before is stored now.</summary>
    private static bool LacksSomething(FileOutcome outcome, ICatalogueReader catalogue, IndexedSpaces spaces) =>
        outcome switch
        {
            PhotoKnown known => catalogue.ProgressOf(known.Sha256, spaces).WorkLeft(spaces) != PhotoWork.None,
            LookRead read => catalogue.ProgressOf(read.Sha256, spaces).WorkLeft(spaces).HasFlag(PhotoWork.Faces),
            _ => false,
        };

    private FileOutcome ReadOne(FileStamp file, IndexedSpaces spaces, ICatalogueReader known, CancellationToken cancellation)
    {
        try
        {
            var read = Read(file, cancellation);
            var progress = known.ProgressOf(read.Sha256, spaces);
            if (progress.IsForgotten)
                return new PhotoForgotten(read.Stamp, read.Sha256);
            var left = progress.WorkLeft(spaces);
            return left == PhotoWork.None ? new PhotoKnown(read.Stamp, read.Sha256) : Analyse(read, left, cancellation);
        }
        catch (UnreadablePhotoException unreadable)
        {
            return new PhotoUnreadable(file, new Failure(unreadable.Reason, unreadable.Message));
        }
        catch (ModelException nothing) when (nothing.Problem == ModelProblem.DoesNotFit)
        {
            return new PhotoUnreadable(file, new Failure(UnreadableReason.NotEmbedded, nothing.Message));
        }
        catch (Exception mistake)
            when (mistake is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException)
        {
            // A mistake of this program's, which one photo brings to light: that must not cost the thousands after it.
            return new PhotoUnreadable(
                file,
                new Failure(
                    UnreadableReason.Damaged,
                    $"Sosia can't work on this photo ({mistake.GetType().Name}: {mistake.Message.ReplaceLineEndings(" ")}); please "
                        + "report it."
                )
            );
        }
    }

    private FileOutcome Analyse(PhotoFile file, PhotoWork left, CancellationToken cancellation)
    {
        var photo = Decode(file, cancellation);
        var row = left.HasFlag(PhotoWork.Look) ? Look!.Read(photo, cancellation) : null;
        if (!left.HasFlag(PhotoWork.Faces))
            return new LookRead(file.Stamp, file.Sha256, row!);
        return new PhotoRead(file.Stamp, faces.ToStored(photo, file.Sha256, cancellation)) { Look = row };
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

    private static void Commit(ICatalogueWriter writer, IndexedSpaces spaces, List<FileOutcome> batch)
    {
        using var _ = Telemetry.Measure("store");
        writer.Commit(spaces, batch);
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
            switch (outcome)
            {
                case PhotoRead read:
                    Photos++;
                    Faces += read.Photo.Faces.Count;
                    AddLook(read.Look);
                    break;
                case LookRead read:
                    Photos++;
                    AddLook(read.Look);
                    break;
                case PhotoKnown or PhotoForgotten:
                    Known++;
                    break;
            }
            return ++_done;
        }

        private void AddLook(float[]? row)
        {
            if (row is { Length: > 0 })
                Looks++;
        }
    }
}
