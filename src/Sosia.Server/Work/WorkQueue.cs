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
    private readonly CancellationTokenSource _ending = new();
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
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>How long one piece may take, its waiting apart; no limit unless it is set.</summary>
    public TimeSpan TimeLimit { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Pieces worked on or waiting.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Pieces refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Runs work when its turn comes.</summary>
    /// <param name="work">Given a token that says when nobody wants it any more, or the server ends; it looks at it often.</param>
    /// <param name="cancellation">Given up at once by the caller; by the thread as soon as the work looks at its token.</param>
    /// <exception cref="ProblemException">Too much is waiting already, or the work took too long.</exception>
    public async Task<T> Run<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _pending) > _mostPending)
        {
            Interlocked.Decrement(ref _pending);
            Interlocked.Increment(ref _refused);
            throw ProblemException.Busy("Too much is being worked on; come again in a moment.", seconds: 1);
        }
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(Piece), this);
        return await result.Task.WaitAsync(cancellation);

        void Piece()
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ending.Token);
            try
            {
                either.Token.ThrowIfCancellationRequested(); // who went away while waiting costs nothing
                either.CancelAfter(TimeLimit);
                result.TrySetResult(work(either.Token));
            }
            catch (OperationCanceledException)
                when (either.IsCancellationRequested && !cancellation.IsCancellationRequested && !_ending.IsCancellationRequested)
            {
                result.TrySetException(ProblemException.TooSlow());
            }
            catch (OperationCanceledException cancelled)
            {
                result.TrySetCanceled(cancelled.CancellationToken);
            }
            catch (AggregateException several) when (either.IsCancellationRequested && several.InnerException is OperationCanceledException)
            {
                result.TrySetCanceled(either.Token);
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

    /// <summary>Asks what runs to end and waits until it has, for it may use what is disposed next.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _ending.Cancel();
        foreach (var thread in _threads)
            thread.Join();
        _ending.Dispose();
    }

    private void Work()
    {
        var reader = _waiting.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        while (reader.TryRead(out var piece))
            piece();
    }
}
