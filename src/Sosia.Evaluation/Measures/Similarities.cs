using Sosia.Search.Local;

namespace Sosia.Evaluation.Measures;

/// <summary>Scores of some rows with all rows, in blocks: the whole table of 13,233 × 13,233 is never in memory.</summary>
public static class Similarities
{
    private const int Block = 48;

    /// <summary>Hands the scores of every query with all rows to a consumer; several threads at once, a block of queries each.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="queries">Row numbers of the queries.</param>
    /// <param name="take">Given a query and its scores, count floats that it may change; called once for each query, in no order.</param>
    public static void ForEach(LabelledRows rows, IReadOnlyList<int> queries, Action<int, float[]> take)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(queries);
        var blocks = (queries.Count + Block - 1) / Block;
        Parallel.For(
            0,
            blocks,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () =>
                (
                    Packed: new float[Block * rows.Dimensions],
                    Scores: Enumerable.Range(0, Block).Select(_ => new float[rows.Count]).ToArray()
                ),
            (block, _, own) =>
            {
                var (first, here) = (block * Block, Math.Min(Block, queries.Count - block * Block));
                for (var i = 0; i < here; i++)
                    rows.Row(queries[first + i]).CopyTo(own.Packed.AsSpan(i * rows.Dimensions));
                RowProducts.Fill(own.Packed.AsSpan(0, here * rows.Dimensions), rows.Rows, rows.Dimensions, own.Scores);
                for (var i = 0; i < here; i++)
                    take(queries[first + i], own.Scores[i]);
                return own;
            },
            static _ => { }
        );
    }
}
