using System.Runtime.ExceptionServices;

namespace Sosia.Vectors.Plain;

/// <summary>Shares a range of rows among threads, some rows at a time, so that a slow core does not hold up the others.</summary>
internal static class Workers
{
    /// <summary>Runs work over 0 … count, in pieces.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="atOnce">Rows a piece.</param>
    /// <param name="threads">1: on the calling thread.</param>
    /// <param name="work">From a row up to, not including, another.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    public static void Run(int count, int atOnce, int threads, Action<int, int> work, CancellationToken cancellation) =>
        Run(count, atOnce, threads, () => work, cancellation);

    /// <summary>The same, where each thread makes its own work first.</summary>
    public static void Run(int count, int atOnce, int threads, Func<Action<int, int>> begin, CancellationToken cancellation)
    {
        var next = 0L;
        threads = (int)Math.Clamp((count + atOnce - 1L) / atOnce, 1, threads);
        if (threads == 1)
        {
            Work(0);
            return;
        }
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, Work);
        }
        catch (AggregateException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
        }

        void Work(int _)
        {
            var work = begin();
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var from = Interlocked.Add(ref next, atOnce) - atOnce;
                if (from >= count) return;
                work((int)from, (int)Math.Min(from + atOnce, count));
            }
        }
    }
}
