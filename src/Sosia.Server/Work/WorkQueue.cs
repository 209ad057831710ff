using System.Threading.Channels;
using Sosia.Server.Errors;

namespace Sosia.Server.Work;

/// <summary>
/// Work that keeps a core busy, on threads of its own, so that what is quick is never stuck behind it. Only so much may wait: who comes
/// then is told to come again.
/// </summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly Channel<Action> _waiting;
    private readonly Thread[] _threads;
    private readonly int _mostPending;
    private int _pending;
    private long _refused;

    /// <param name="name">What it does, for people.</param>
    /// <param name="threads">Pieces of work at once.</param>
    /// <param name="waiting">Pieces that may wait.</param>
    public WorkQueue(string name, int threads, int waiting)
    {
        _mostPending = threads + waiting;
        _waiting = Channel.CreateUnbounded<Action>();
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"{name} {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Pieces worked on or waiting.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Pieces refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Runs work when its turn comes.</summary>
    /// <exception cref="ProblemException">Too much is waiting already.</exception>
    public async Task<T> Run<T>(Func<T> work, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _pending) > _mostPending)
        {
            Interlocked.Decrement(ref _pending);
            Interlocked.Increment(ref _refused);
            throw ProblemException.Busy("Too many pictures are being worked on; come again in a moment.", seconds: 1);
        }
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(Piece), this);
        return await result.Task;

        void Piece()
        {
            try
            {
                cancellation.ThrowIfCancellationRequested(); // who went away while waiting costs nothing
                result.TrySetResult(work());
            }
            catch (OperationCanceledException cancelled)
            {
                result.TrySetCanceled(cancelled.CancellationToken);
            }
            catch (Exception failure)
            {
                result.TrySetException(failure);
            }
            finally
            {
                Interlocked.Decrement(ref _pending);
            }
        }
    }

    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        foreach (var thread in _threads) thread.Join();
    }

    private void Work()
    {
        var reader = _waiting.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            while (reader.TryRead(out var piece)) piece();
    }
}
