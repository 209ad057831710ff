using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Sosia.Evaluation.Experiments.Products;

/// <summary>Blocks of products by as many threads as there are cores, each with scratch of its own.</summary>
internal static class Blocks
{
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public static void Run(IReadOnlyCollection<int> blocks, PairSum sum, Action<int, ProductBlock> compute, CancellationToken cancellation)
    {
        var waiting = new ConcurrentQueue<int>(blocks);
        try
        {
            Parallel.For(
                0,
                Math.Min(Environment.ProcessorCount, blocks.Count),
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                (_, state) =>
                {
                    var scratch = new ProductBlock(sum);
                    while (!state.ShouldExitCurrentIteration && waiting.TryDequeue(out var block))
                        compute(block, scratch);
                }
            );
        }
        catch (AggregateException failed)
        {
            cancellation.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(failed.InnerException!);
        }
    }
}
