using System.Runtime.ExceptionServices;

namespace Sosia.Vectors;

/// <summary>Shares a range of rows among threads, some rows at a time, so that a slow core does not delay the others.</summary>
internal static class Workers
{
    /// <summary>Runs work over 0 … count, in pieces.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="atOnce">Rows a piece.</param>
    /// <param name="threads">1: on the calling thread.</param>
    /// <param name="work">From a row up to, not including, another.</param>
    /// <param name="cancellation">Checked before each piece.</param>
    public static void Run(int count, int atOnce, int threads, Action<int, int> work, CancellationToken cancellation) =>
        Run(count, atOnce, threads, () => work, cancellation);

    /// <summary>One result for each number below <paramref name="count"/>, whichever thread comes to it.</summary>
    /// <exception cref="ArgumentException">Less than one thread.</exception>
    public static T[] ForEach<T>(int count, int threads, Func<int, T> work, CancellationToken cancellation = default)
    {
        if (threads < 1)
            throw new ArgumentException($"Threads must be 1 or more, got {threads}.");
        var results = new T[count];
        Run(count, 1, threads, (from, _) => results[from] = work(from), cancellation);
        return results;
    }

    /// <summary>
    /// As <see cref="Run(int, int, int, Action{int, int}, CancellationToken)"/>, where each thread makes its own work first.
    /// </summary>
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
        catch (AggregateException all)
        {
            // A caller gets the same error with two threads as with one.
            ExceptionDispatchInfo.Throw(all.Flatten().InnerExceptions[0]);
        }

        void Work(int _)
        {
            var work = begin();
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var from = Interlocked.Add(ref next, atOnce) - atOnce;
                if (from >= count)
                    return;
                work((int)from, (int)Math.Min(from + atOnce, count));
            }
        }
    }
}
