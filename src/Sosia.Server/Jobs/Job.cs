using System.Runtime.CompilerServices;
using Sosia.Indexing;

namespace Sosia.Server.Jobs;

/// <summary>One indexing run, or several where it was resumed: runs on a thread of its own and tells whoever listens.</summary>
internal sealed class Job(Collection collection, TimeProvider clock, JobState first) : IProgress<IndexProgress>, IDisposable
{
    private readonly Lock _gate = new();
    private JobState _state = first;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _stop;
    private Thread? _thread;
    private long _started;

    public JobState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>Starts, or goes on from where it ended: what was committed is not done again.</summary>
    public void Start()
    {
        _stop?.Dispose();
        _stop = new CancellationTokenSource();
        _started = clock.GetTimestamp();
        Change(now =>
            now with
            {
                Phase = JobPhase.Running,
                Done = 0,
                Total = 0,
                Photos = 0,
                Faces = 0,
                Failed = 0,
                Seconds = 0,
                Error = null,
                Summary = null,
                Ended = null,
            }
        );
        _thread = new Thread(Run) { IsBackground = true, Name = $"index {State.Id}" };
        _thread.Start();
    }

    public void Cancel()
    {
        Change(now => now.Phase == JobPhase.Running ? now with { Phase = JobPhase.Cancelling } : now);
        _stop?.Cancel();
    }

    /// <summary>Asks it to end and waits until it has.</summary>
    public void Dispose()
    {
        if (State.IsActive)
            Cancel();
        _thread?.Join();
        _stop?.Dispose();
    }

    /// <inheritdoc/>
    void IProgress<IndexProgress>.Report(IndexProgress value) =>
        Change(now => now.With(value, clock.GetElapsedTime(_started).TotalSeconds));

    /// <summary>The state now, and again when it has changed, but not more often than asked; the last one is the end.</summary>
    public async IAsyncEnumerable<JobState> Follow(TimeSpan atMost, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            JobState now;
            lock (_gate)
                (now, changed) = (_state, _changed.Task);
            yield return now;
            if (!now.IsActive)
                yield break;
            await changed.WaitAsync(cancellation);
            await Task.WhenAny(Task.Delay(atMost, cancellation), Ended(cancellation));
        }
    }

    private async Task Ended(CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!_state.IsActive)
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellation);
        }
    }

    private void Run()
    {
        try
        {
            var summary = collection.Indexing.Run(State.Folders, State.Options, this, _stop!.Token);
            Change(now => now with { Phase = JobPhase.Done, Summary = summary });
        }
        catch (OperationCanceledException)
        {
            Change(now => now with { Phase = JobPhase.Cancelled });
        }
        catch (Exception failure)
        {
            // A job never ends the server: its error is its answer.
            Change(now =>
                now with
                {
                    Phase = JobPhase.Failed,
                    Error = (failure as AggregateException)?.InnerException?.Message ?? failure.Message,
                }
            );
        }
    }

    private void Change(Func<JobState, JobState> change)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            var next = change(_state);
            _state = next.IsActive || next.Ended is not null ? next : next with { Ended = clock.GetUtcNow() };
            (told, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        told.TrySetResult();
    }
}
