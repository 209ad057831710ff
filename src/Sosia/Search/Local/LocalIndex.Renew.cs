using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search.Local.Segments;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Search.Local;

/// <summary>Writes index files from the catalogue while searches go on.</summary>
internal sealed partial class LocalIndex
{
    /// <summary>
    /// Files are written anew after this many rows have come or gone, and a sixteenth of all rows; of those that came, which are read and
    /// encoded by every process that begins to search, at the latest after so many.
    /// </summary>
    private const int ShareOfRows = 16,
        MostAdded = 1 << 13;

    /// <summary>Fewer changes are left to who opens the index.</summary>
    public int FewChanges { get; init; } = 256;

    /// <summary>How long a search waits for another process that is making the index of many rows.</summary>
    private static readonly TimeSpan MakingPatience = TimeSpan.FromMinutes(10);

    /// <summary>One search costs less than an index that can't be kept.</summary>
    private const int SearchesBefore = 2;

    private CancellationTokenSource _ending = new();
    private Task _renewing = Task.CompletedTask;
    private int _searches;
    private bool _disposed;

    /// <summary>
    /// After a search: writes files in the background that are missing, deleted by another process, unusable or far behind.
    /// </summary>
    public void RenewLater()
    {
        lock (_gate)
        {
            _searches++;
            if (_disposed || !_renewing.IsCompleted || _table is not { } table || !(IsBehind(table) || IsGone(table)))
                return;
            var ending = _ending.Token;
            _renewing = Task.Run(() => TryRenew(threads: 1, ending), CancellationToken.None);
        }
    }

    /// <summary>Writes files now that are missing, unusable, far behind, or still have rows that are gone.</summary>
    public void Renew(CancellationToken cancellation)
    {
        End();
        TryRenew(Environment.ProcessorCount, cancellation);
    }

    /// <summary>Waits for what <see cref="RenewLater"/> began.</summary>
    public void Finish(CancellationToken cancellation)
    {
        try
        {
            Task.WaitAny([_renewing], cancellation);
        }
        catch (OperationCanceledException)
        {
            End();
        }
    }

    /// <summary>Gives up what <see cref="RenewLater"/> began.</summary>
    public void End()
    {
        CancellationTokenSource ending;
        Task renewing;
        lock (_gate)
            (ending, renewing, _ending) = (_ending, _renewing, new CancellationTokenSource());
        ending.Cancel();
        Task.WaitAny(renewing);
        ending.Dispose();
    }

    /// <summary>Ends a renewal and closes the index file when the last search on it has ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        End();
        _ending.Dispose();
        Drop();
    }

    private bool IsBehind(VectorTable table)
    {
        if (!table.IsIndexed || table.Segments is not { } segments)
            return table.Count > 0;
        var share = table.Count / ShareOfRows;
        return !segments.AreWhole
            || table.Added > Math.Max(FewChanges, Math.Min(share, MostAdded))
            || table.Added + (long)table.Removed > Math.Max(FewChanges, share);
    }

    /// <summary>Forgetting deletes files, in any process: a table must not go on using them.</summary>
    private bool IsGone(VectorTable table) => table.Segments is { } segments && !_file.Holds(segments.List);

    /// <summary>A file that can't be made is done without; searches read the catalogue then.</summary>
    private void TryRenew(int threads, CancellationToken cancellation)
    {
        try
        {
            // The gate is taken when the lock of the files is free again: a search that holds it may be waiting for that.
            if (MadeAlone(threads, cancellation) is not { } made)
                return;
            lock (_gate)
                Replace(made); // what changed while it was made is added when somebody asks
        }
        catch (OperationCanceledException)
        {
            // the next search begins it again
        }
        catch (Exception refused) when (refused is CatalogueException or IOException or UnauthorizedAccessException)
        {
            Log.IndexNotKept(_log, refused, model);
        }
    }

    private VectorTable? MadeAlone(int threads, CancellationToken cancellation)
    {
        var canWrite = _folder.Hold(TimeSpan.Zero, out var held);
        using var _ = held;
        if (canWrite && held is null)
            return null; // another is at it
        if (!canWrite && _searches < SearchesBefore)
            return null;
        using var reader = open();
        var space = Space(reader);
        return canWrite ? Made(reader, space, threads, cancellation) : InMemory(reader, space, threads, cancellation);
    }

    /// <summary>Makes the index while a search waits for it; null where it can't be made.</summary>
    private VectorTable? MadeNow(ISearchReader reader, NamedSpace space, CancellationToken cancellation)
    {
        for (var waiting = Stopwatch.StartNew(); ; cancellation.ThrowIfCancellationRequested())
        {
            if (!_folder.Hold(TimeSpan.FromSeconds(1), out var held))
                return null;
            using (held)
                if (held is not null)
                    return Made(reader, space, Environment.ProcessorCount, cancellation);
            if (waiting.Elapsed > MakingPatience)
                return null;
        }
    }

    /// <summary>The index as it is after its files were brought up to date; null where they can't be written.</summary>
    private VectorTable? Made(ISearchReader reader, NamedSpace space, int threads, CancellationToken cancellation)
    {
        var unsound = Distrusted();
        if (Opened(reader, space) is { } open)
        {
            unsound.UnionWith(open.Unusable);
            if (!open.AreWhole)
                open.Dispose(); // what it lacks need not be read for a table that is thrown away
            else if (TableOf(open, reader, space, cancellation) is { } found)
            {
                if (found.Removed == 0 && !IsBehind(found))
                {
                    _file.DeleteUnlisted(open.List); // what a killed process had no longer deleted
                    return found; // as it should be, or made by another since
                }
                found.Close();
            }
        }
        try
        {
            _folder.DeleteOthers(other => reader.FindSpace(other) is not null);
            new SegmentMaker(_file, reader, space, threads) { RowsASegment = RowsASegment }.Renew(unsound, cancellation);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Log.IndexNotKept(_log, refused, model);
            return InMemory(reader, space, threads, cancellation);
        }
        return FromFile(reader, space, cancellation);
    }

    /// <summary>An index that is kept nowhere, of rows that lie in memory in any case; null for a larger collection.</summary>
    private VectorTable? InMemory(ISearchReader reader, NamedSpace space, int threads, CancellationToken cancellation)
    {
        if (_table is not { Segments: null } && reader.CountEmbeddings(space.Id) > MostInMemory)
            return null;
        var table = reader.ReadEmbeddings(space.Id, cancellation);
        return new VectorTable(table, ExactIndex.Build<InnerProduct>(table.Rows, null, threads, cancellation));
    }
}
