using Sosia.Server.Errors;

namespace Sosia.Server.Safety.Admission;

/// <summary>
/// Memory for bodies that are being read: who would take more than there is left waits, and beyond a few who wait, comes again. In order of
/// arrival, so that a large body is not overtaken for ever.
/// </summary>
internal sealed class BodyBudget
{
    private const int MostWaiting = 64;

    /// <summary>
    /// After a body that took as much the memory is collected: arrays of this size are left lying for long otherwise, several of them. An
    /// ordinary photo is far smaller, and waits for no collection.
    /// </summary>
    private const long Large = 48L << 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly long _total;
    private long _left;

    /// <param name="options">How much there is.</param>
    public BodyBudget(ServerOptions options) => _left = _total = options.BodyMemory;

    /// <summary>Memory in use, in bytes.</summary>
    public long Used
    {
        get
        {
            lock (_gate)
                return _total - _left;
        }
    }

    /// <summary>Waits for memory.</summary>
    /// <param name="bytes">How much; more than there is at all counts as all.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Gives it back.</returns>
    /// <exception cref="ProblemException">Too many wait already.</exception>
    public async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellation)
    {
        var wanted = Math.Clamp(bytes, 0, _total);
        Waiter waiter;
        lock (_gate)
        {
            if (_waiting.Count == 0 && wanted <= _left)
            {
                _left -= wanted;
                return new Taken(this, wanted);
            }
            if (_waiting.Count >= MostWaiting)
                throw ProblemException.Busy("Too many photos are being uploaded; come again in a moment.", seconds: 2);
            waiter = new Waiter(wanted);
            waiter.Node = _waiting.AddLast(waiter);
        }
        await using var _ = cancellation.Register(() => GiveUp(waiter, cancellation));
        await waiter.Turn.Task;
        return new Taken(this, wanted);
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (waiter.Node?.List is null)
                return; // its turn has come
            _waiting.Remove(waiter.Node);
            Serve();
        }
        waiter.Turn.TrySetCanceled(cancellation);
    }

    private void Return(long bytes)
    {
        if (bytes >= Large)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // before the next begins
        lock (_gate)
        {
            _left += bytes;
            Serve();
        }
    }

    private void Serve()
    {
        while (_waiting.First is { } first && first.Value.Bytes <= _left)
        {
            _left -= first.Value.Bytes;
            _waiting.RemoveFirst();
            first.Value.Turn.TrySetResult();
        }
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }

    private sealed class Taken(BodyBudget budget, long bytes) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
                budget.Return(bytes);
        }
    }
}
