namespace Sosia.Hosting;

/// <summary>
/// Work that computes and waits for disks, for callers who must not wait. SQLite and the networks know no asynchronous calls, so it gets a
/// thread of its own: the thread pool answers such work with too few.
/// </summary>
internal static class OnAThread
{
    /// <returns>The result, or the exception of the work; cancelled when the work ends in an <see
    /// cref="OperationCanceledException"/>.</returns>
    public static Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException cancelled)
            {
                done.SetCanceled(cancelled.CancellationToken);
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "Sosia",
        };
        thread.Start();
        return done.Task;
    }
}
