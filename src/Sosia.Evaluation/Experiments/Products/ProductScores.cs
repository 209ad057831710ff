using Sosia.Evaluation.Measures;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments.Products;

/// <summary>
/// Scores made of a table: minus the squared Euclidean distance, the cosine, or minus the Manhattan distance. Higher is closer.
/// </summary>
internal sealed class ProductScores
{
    private readonly NpyRows _products;
    private readonly Metric _metric;
    private readonly double[] _squares;

    /// <param name="products">All rows with all rows: products, or for Manhattan sums of absolute differences.</param>
    /// <param name="metric">What they become.</param>
    public ProductScores(NpyRows products, Metric metric)
    {
        (_products, _metric) = (products, metric);
        _squares = [.. Enumerable.Range(0, products.Count).Select(row => (double)products.Row(row)[row])];
    }

    public int Count => _products.Count;

    /// <summary>False for a row that has no angle with any other, for it is all zeros: an image without a face.</summary>
    public bool CanCompare(int row) => _metric != Metric.Cosine || _squares[row] > 0;

    /// <summary>Scores of rows of the table with all of its rows.</summary>
    public void ForEach(IReadOnlyList<int> queries, Action<int, float[]> take) =>
        Parallel.For(
            0,
            queries.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => new float[Count],
            (i, _, scores) =>
            {
                Fill(_products.Row(queries[i]), _squares[queries[i]], scores);
                take(queries[i], scores);
                return scores;
            },
            static _ => { }
        );

    /// <summary>For measures that ask for scores.</summary>
    public ScoreSource Source => ForEach;

    /// <summary>Scores of a row that is not in the table.</summary>
    /// <param name="products">Its product with every row of the table.</param>
    /// <param name="square">Its product with itself.</param>
    /// <param name="scores">Written. A row of zeros has cosine 0 with everything.</param>
    public void Fill(ReadOnlySpan<float> products, double square, Span<float> scores)
    {
        if (_metric == Metric.Manhattan)
            for (var i = 0; i < scores.Length; i++)
                scores[i] = -products[i];
        else if (_metric == Metric.Cosine)
            for (var i = 0; i < scores.Length; i++)
                scores[i] = square * _squares[i] > 0 ? (float)(products[i] / Math.Sqrt(square * _squares[i])) : 0;
        else
            for (var i = 0; i < scores.Length; i++)
                scores[i] = -(float)Math.Max(0, square + _squares[i] - 2.0 * products[i]);
    }

    /// <summary>The distance that a score stands for.</summary>
    public double Distance(float score) =>
        _metric switch
        {
            Metric.Cosine => 1 - (double)score,
            Metric.Manhattan => -(double)score,
            _ => Math.Sqrt(-(double)score),
        };

    /// <summary>What must be summed for a metric.</summary>
    public static PairSum SumFor(Metric metric) => metric == Metric.Manhattan ? PairSum.Differences : PairSum.Products;
}
