using Sosia.Photos;
using Sosia.Storage;

namespace Sosia.Search;

/// <summary>
/// Brings a catalogue up to date with folders: files are read, decoded and embedded by several threads and committed in small
/// transactions by one writer. What was committed is never done again, so a run can be ended at any moment.
/// </summary>
internal sealed class Indexer(ICatalogueStore store, PhotoOptions limits, IPhotoDecoder decoder, FacePipeline faces, TimeProvider clock)
{
    /// <summary>Outcomes in one transaction, at most.</summary>
    private const int BatchSize = 64;

    /// <summary>How long a finished photo may wait for its transaction.</summary>
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Threads beyond the number of workers: they read files while the others compute.</summary>
    private const int ReadAhead = 2;

    public IndexSummary Run(IReadOnlyList<string> roots, IndexOptions options, IProgress<IndexProgress>? progress, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        using var writer = store.OpenWriter();
        var space = writer.EnsureSpace(faces.Space);

        var plan = IndexPlan.Make(roots, writer, space, options, cancellation);
        writer.Announce(plan.ToRead);
        writer.Commit(space, plan.Unreachable);
        var tally = ReadAll(writer, space, plan.ToRead, options.Workers, progress, cancellation);
        var (removed, kept) = plan.RemoveGone(writer, options.Force);

        return new IndexSummary
        {
            Photos = tally.Photos,
            Faces = tally.Faces,
            Skipped = plan.Unchanged + tally.Known,
            Removed = removed,
            Failures = [.. writer.Failures().Where(failed => plan.Covers(failed.File.Path))],
            Kept = kept,
            Elapsed = clock.GetElapsedTime(started),
        };
    }

    private Tally ReadAll(ICatalogueWriter writer, SpaceId space, IReadOnlyList<FileStamp> files, int workers, IProgress<IndexProgress>? progress, CancellationToken cancellation)
    {
        var tally = new Tally();
        using var computing = new SemaphoreSlim(workers);
        using var known = store.OpenReader();
        using var work = new ParallelWork<FileStamp, FileOutcome>(files, workers + ReadAhead, (file, stop) => ReadOne(file, space, known, computing, stop), cancellation);
        var batch = new List<FileOutcome>();
        var oldest = clock.GetTimestamp();
        while (!work.IsCompleted)
        {
            if (work.TryTake(out var outcome, BatchTime))
            {
                if (batch.Count == 0) oldest = clock.GetTimestamp();
                batch.Add(outcome);
            }
            if (batch.Count == 0 || (batch.Count < BatchSize && !work.IsCompleted && clock.GetElapsedTime(oldest) < BatchTime)) continue;
            Store(writer, space, batch);
            foreach (var committed in batch)
            {
                var done = tally.Add(committed); // whether anybody listens or not
                progress?.Report(new IndexProgress(done, files.Count, committed));
            }
            batch.Clear();
        }
        cancellation.ThrowIfCancellationRequested();
        return tally;
    }

    private FileOutcome ReadOne(FileStamp file, SpaceId space, ICatalogueReader known, SemaphoreSlim computing, CancellationToken cancellation)
    {
        try
        {
            var read = Read(file, cancellation);
            if (known.IsAnalysed(read.Sha256, space)) return new FileOutcome(read.Stamp, null, read.Sha256, null);
            computing.Wait(cancellation);
            try
            {
                var photo = Decode(read, cancellation);
                return new FileOutcome(read.Stamp, faces.ToStored(photo, read.Sha256, cancellation), null, null);
            }
            finally
            {
                computing.Release();
            }
        }
        catch (UnreadablePhotoException unreadable)
        {
            return new FileOutcome(file, null, null, new Failure(unreadable.Reason, unreadable.Message));
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

    private static void Store(ICatalogueWriter writer, SpaceId space, List<FileOutcome> batch)
    {
        using var _ = Telemetry.Measure("store");
        writer.Commit(space, batch);
    }

    private sealed class Tally
    {
        public long Photos { get; private set; }
        public long Faces { get; private set; }
        public long Known { get; private set; }
        private long _done;

        /// <returns>Outcomes counted so far.</returns>
        public long Add(FileOutcome outcome)
        {
            if (outcome.Photo is { } photo) (Photos, Faces) = (Photos + 1, Faces + photo.Faces.Count);
            else if (outcome.KnownSha256 is not null) Known++;
            return ++_done;
        }
    }
}
