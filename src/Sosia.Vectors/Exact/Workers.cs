using System.Runtime.ExceptionServices;

namespace Sosia.Vectors.Exact;

/// <summary>A few threads on one task.</summary>
internal static class Workers
{
    /// <summary>Runs the task on so many threads, this one among them, and waits for all.</summary>
    /// <param name="threads">1 or more.</param>
    /// <param name="task">Called with 0 … threads − 1.</param>
    public static void Run(int threads, Action<int> task)
    {
        if (threads == 1)
        {
            task(0);
            return;
        }
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, task);
        }
        catch (AggregateException all)
        {
            // Whoever called with one thread gets the error itself, and so does whoever called with two.
            ExceptionDispatchInfo.Throw(all.Flatten().InnerExceptions[0]);
        }
    }

    /// <summary>One result for each number below <paramref name="count"/>, whichever thread comes to it.</summary>
    public static T[] ForEach<T>(int count, int threads, Func<int, T> task)
    {
        if (threads < 1) throw new ArgumentException($"Threads must be 1 or more, got {threads}.");
        var results = new T[count];
        var next = 0;
        Run(Math.Max(1, Math.Min(threads, count)), _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next) - 1) < count;) results[i] = task(i);
        });
        return results;
    }
}
