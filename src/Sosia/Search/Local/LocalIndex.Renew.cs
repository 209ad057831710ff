using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Search.Local;

/// <summary>Rebuilds the index file from the catalogue while searches go on.</summary>
internal sealed partial class LocalIndex
{
    /// <summary>The file is rebuilt after this many rows have come or gone, and at least a sixteenth of all rows.</summary>
    private const int FewChanges = 256,
        ShareOfRows = 16;

    /// <summary>One search costs less than an index that can't be kept.</summary>
    private const int SearchesBefore = 2;

    private CancellationTokenSource _ending = new();
    private Task _renewing = Task.CompletedTask;
    private int _searches;
    private bool _disposed;

    /// <summary>
    /// After a search: rebuilds the file in the background if it is missing, deleted by another process, unusable or far behind.
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

    /// <summary>Rebuilds the file now if it is missing, unusable, far behind, or still has rows that are gone.</summary>
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

    private static bool IsBehind(VectorTable table) =>
        table.IsIndexed ? table.Added + (long)table.Removed > Math.Max(FewChanges, table.Count / ShareOfRows) : table.Count > 0;

    /// <summary>Forgetting deletes the file, in any process: a table must not go on using it.</summary>
    private bool IsGone(VectorTable table) => table.IsStored && !File.Exists(_file.Path);

    /// <summary>A file that can't be made is done without; searches read the catalogue then.</summary>
    private void TryRenew(int threads, CancellationToken cancellation)
    {
        try
        {
            var canWrite = LocalIndexFile.Hold(directory, TimeSpan.Zero, out var held);
            using var _ = held;
            if (canWrite && held is null)
                return; // another is at it
            if (!canWrite && _searches < SearchesBefore)
                return;
            using var reader = open();
            Use(Make(reader, held is not null, threads, cancellation));
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

    private VectorTable Make(ISearchReader reader, bool write, int threads, CancellationToken cancellation)
    {
        var space = Space(reader);
        if (write && FromFile(reader, space, cancellation) is { } found)
        {
            if (found.Removed == 0 && !IsBehind(found))
                return found; // as it should be, or made by another since
            found.Close();
        }
        var table = reader.ReadEmbeddings(space.Id, cancellation);
        var index = ExactIndex.Build<InnerProduct>(table.Rows, null, threads, cancellation);
        if (!write)
            return new VectorTable(table, index);
        try
        {
            LocalIndexFile.DeleteOthers(directory, reader.Spaces().Select(held => held.Space.Key));
            _file.Write(index, table, reader.Identity, cancellation);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Log.IndexNotKept(_log, refused, model);
            return new VectorTable(table, index);
        }
        lock (_gate)
            _distrusted = false;
        return FromFile(reader, space, cancellation) ?? new VectorTable(table, index);
    }

    /// <summary>What changed while it was made is added when somebody asks.</summary>
    private void Use(VectorTable made)
    {
        lock (_gate)
            Replace(made);
    }
}
