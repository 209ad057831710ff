using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sosia.Indexing;

/// <summary>
/// Does the same work on many items in several threads; one thread takes the results. It has threads of its own, because the work both
/// computes for long and waits for disks, for which a thread pool would start too few. Ending early finishes the items in flight and starts
/// no more.
/// </summary>
internal sealed class ParallelWork<TItem, TResult> : IDisposable
{
    /// <summary>Results that may wait: while some are stored, which takes as long as the disk or server takes, the work goes on.</summary>
    private const int MostWaiting = 256;

    private readonly IEnumerator<TItem> _items;
    private readonly Lock _gate = new();
    private readonly Func<TItem, CancellationToken, TResult> _work;
    private readonly BlockingCollection<TResult> _results;
    private readonly CancellationTokenSource _stop;
    private readonly Thread[] _threads;
    private int _running;
    private Exception? _failure;

    /// <summary>Starts the work.</summary>
    /// <param name="items">What is worked on, in this order; taken one by one, by any of the threads.</param>
    /// <param name="threads">Items worked on at once, at least 1.</param>
    /// <param name="work">Called on one of the threads; gives up when the token says so.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public ParallelWork(IEnumerable<TItem> items, int threads, Func<TItem, CancellationToken, TResult> work, CancellationToken cancellation)
    {
        (_items, _work) = (items.GetEnumerator(), work);
        _results = new BlockingCollection<TResult>(MostWaiting);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _running = threads;
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"photos {i}" })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Takes the next result, in order of completion.</summary>
    /// <param name="result">The result.</param>
    /// <param name="wait">How long to wait for it.</param>
    /// <returns>False when none came in time, or when all have been taken; then <see cref="IsCompleted"/> is true.</returns>
    public bool TryTake([MaybeNullWhen(false)] out TResult result, TimeSpan wait) => _results.TryTake(out result, wait);

    /// <summary>Throws what ended the work. To be called when all results have been taken.</summary>
    /// <exception cref="AggregateException">The work failed on an item; the failure is inside.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new AggregateException(failure);
    }

    /// <summary>Whether all results have been taken and no more will come.</summary>
    public bool IsCompleted => _results.IsCompleted;

    /// <summary>Starts no more items and waits for those in flight.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (var _ in _results.GetConsumingEnumerable()) { } // a thread may wait for room
        foreach (var thread in _threads)
            thread.Join();
        _items.Dispose();
        _results.Dispose();
        _stop.Dispose();
    }

    private bool TryNext([MaybeNullWhen(false)] out TItem item)
    {
        lock (_gate)
        {
            var isThere = _items.MoveNext();
            item = isThere ? _items.Current : default;
            return isThere;
        }
    }

    private void Work()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (!TryNext(out var item))
                    return;
                _results.Add(_work(item, _stop.Token));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // the item in flight is left for the next run
        }
        catch (Exception failure)
        {
            _failure ??= failure;
            _stop.Cancel();
        }
        finally
        {
            if (Interlocked.Decrement(ref _running) == 0)
                _results.CompleteAdding();
        }
    }
}
