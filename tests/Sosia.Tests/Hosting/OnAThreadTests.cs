using Sosia.Hosting;

namespace Sosia.Tests.Hosting;

/// <summary>Asynchronous calls end as their work does.</summary>
public class OnAThreadTests
{
    [Fact]
    public async Task The_result_is_the_works_and_it_runs_on_a_thread_of_its_own()
    {
        var (thread, pooled) = await OnAThread.Run(() => (Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
        Assert.False(pooled);
    }

    [Fact]
    public async Task A_failure_is_the_works_own_and_is_not_lost()
    {
        var failure = new InvalidDataException("what went wrong");
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => OnAThread.Run<int>(() => throw failure));
        Assert.Same(failure, thrown);
    }

    [Fact]
    public async Task Cancelled_work_is_a_cancelled_task()
    {
        using var ending = new CancellationTokenSource();
        using var began = new ManualResetEventSlim();
        var work = OnAThread.Run(() =>
        {
            began.Set();
            ending.Token.WaitHandle.WaitOne();
            ending.Token.ThrowIfCancellationRequested();
            return 1;
        });
        began.Wait(CancellationToken.None);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.True(work.IsCanceled);
    }
}
