using Sosia.Indexing;

namespace Sosia.Tests.Indexing;

public class ParallelWorkTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Every_item_is_done_once()
    {
        using var work = new ParallelWork<int, int>([.. Enumerable.Range(0, 1000)], 4, (item, _) => item * 2, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 1000).Select(item => item * 2), Take(work).Order());
    }

    [Fact]
    public void A_failure_is_never_swallowed()
    {
        for (var round = 0; round < 200; round++)
        {
            using var work = new ParallelWork<int, int>(
                [1, 2, 3],
                3,
                (item, _) => item == 2 ? throw new InvalidOperationException("two") : item,
                CancellationToken.None
            );
            Take(work);
            Assert.Equal("two", Assert.Throws<AggregateException>(work.ThrowIfFailed).InnerException!.Message);
        }
    }

    [Fact]
    public void Ending_early_finishes_what_is_in_flight_and_starts_nothing_more()
    {
        var started = 0;
        using (
            var work = new ParallelWork<int, int>(
                [.. Enumerable.Range(0, 100_000)],
                2,
                (item, _) => Interlocked.Increment(ref started),
                CancellationToken.None
            )
        )
            Assert.True(work.TryTake(out _, TimeSpan.FromSeconds(10)));
        var after = started;
        Thread.Sleep(30);
        Assert.Equal(after, started);
        Assert.True(started < 100_000);
    }

    private static List<int> Take(ParallelWork<int, int> work)
    {
        var results = new List<int>();
        for (var got = false; (got = work.TryTake(out var result, Wait)) || !work.IsCompleted; )
            if (got)
                results.Add(result);
        return results;
    }
}
