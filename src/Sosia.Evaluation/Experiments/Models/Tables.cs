using Sosia.Evaluation.Experiments.Products;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments.Models;

/// <summary>The tables of pairs that a model's metrics need, open.</summary>
internal sealed class Tables : IDisposable
{
    private readonly Dictionary<PairSum, NpyRows> _tables = [];

    private Tables() { }

    /// <summary>Opens what the metrics need; what is not there yet is computed.</summary>
    /// <param name="model">Whose rows.</param>
    /// <param name="loader">Knows where tables are kept.</param>
    /// <param name="begin">Told which table comes next.</param>
    /// <param name="progress">Told the share of a table that is done.</param>
    /// <param name="cancellation">Ends it; what is done is kept.</param>
    public static Tables Open(
        IExperimentModel model,
        ModelLoader loader,
        Action<PairSum> begin,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        var tables = new Tables();
        try
        {
            foreach (var sum in model.Metrics.Select(ProductScores.SumFor).Distinct())
            {
                begin(sum);
                tables._tables[sum] = ProductTable.Open(model.Rows, model.Stamp, loader.TableOf(model, sum), progress, cancellation);
            }
            return tables;
        }
        catch
        {
            tables.Dispose();
            throw;
        }
    }

    /// <summary>Scores by a metric.</summary>
    public ProductScores Scores(Metric metric) => new(_tables[ProductScores.SumFor(metric)], metric);

    public void Dispose()
    {
        foreach (var table in _tables.Values)
            table.Dispose();
    }
}
