using Sosia.Evaluation.Experiments.Models;
using Sosia.Evaluation.Experiments.Products;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>What greying out a part of the query does to its neighbours.</summary>
/// <param name="Region">The part.</param>
/// <param name="Metric">The neighbours'.</param>
/// <param name="Stay">Mean share of the neighbours that stay.</param>
/// <param name="WithoutRow">Share of the queries that have no row any more, for no face is found; none of their neighbours stays.</param>
/// <param name="Pixels">Mean share of the picture that was greyed out.</param>
public sealed record GreyedOut(Region Region, Metric Metric, double Stay, double WithoutRow, double Pixels);

/// <summary>Asks again with parts of the pictures greyed out.</summary>
/// <param name="files">The file of each row.</param>
/// <param name="faces">The face of each row, in pixels of the upright original.</param>
/// <param name="queries">Rows with a face.</param>
internal sealed class GreyingOut(IReadOnlyList<string> files, IReadOnlyList<Box?> faces, IReadOnlyList<int> queries)
{
    private readonly PhotoDecoder _decoder = new(new PhotoOptions());

    /// <summary>Every part, by every metric of the model.</summary>
    /// <param name="model">One that can embed.</param>
    /// <param name="metrics">Its metrics with what they find for the pictures as they are.</param>
    /// <param name="cancellation">Looked at before every picture.</param>
    public IReadOnlyList<GreyedOut> Measure(
        IExperimentModel model,
        IReadOnlyList<(Metric Metric, ProductScores Scores, Neighbourhoods Near)> metrics,
        CancellationToken cancellation
    ) => queries.Count == 0 ? [] : [.. Enum.GetValues<Region>().SelectMany(region => Measure(model, metrics, region, cancellation))];

    private IEnumerable<GreyedOut> Measure(
        IExperimentModel model,
        IReadOnlyList<(Metric Metric, ProductScores Scores, Neighbourhoods Near)> metrics,
        Region region,
        CancellationToken cancellation
    )
    {
        var rows = new float[queries.Count * model.Rows.Dimensions];
        var (shares, there) = (new double[queries.Count], new bool[queries.Count]);
        Parallel.For(
            0,
            queries.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
            i =>
            {
                var photo = _decoder.Decode(PhotoFile.Read(files[queries[i]], new PhotoOptions()));
                (photo, shares[i]) = Regions.GreyOut(photo, faces[queries[i]]!.Value.Scale(1 / photo.ToOriginal), region);
                there[i] = model.TryEmbed(photo, rows.AsSpan(i * model.Rows.Dimensions, model.Rows.Dimensions));
            }
        );
        var greyed = new MemoryRows(rows, model.Rows.Dimensions);
        var sums = metrics
            .Select(by => ProductScores.SumFor(by.Metric))
            .Distinct()
            .ToDictionary(sum => sum, sum => ProductTable.Of(greyed, model.Rows, sum, cancellation));
        var squares = Enumerable
            .Range(0, queries.Count)
            .Select(i => Square(rows.AsSpan(i * model.Rows.Dimensions, model.Rows.Dimensions)))
            .ToArray();
        foreach (var (metric, scores, near) in metrics)
            yield return new GreyedOut(
                region,
                metric,
                Enumerable
                    .Range(0, queries.Count)
                    .Average(i => there[i] ? Stay(scores, near, sums[ProductScores.SumFor(metric)][i], squares[i], queries[i]) : 0),
                there.Count(found => !found) / (double)queries.Count,
                shares.Average()
            );
    }

    private static double Stay(ProductScores scores, Neighbourhoods near, float[] products, double square, int query)
    {
        var found = new float[products.Length];
        scores.Fill(products, square, found);
        return Neighbourhoods.Nearest(found, query, near.K).Intersect(near.Of(query)).Count() / (double)near.K;
    }

    private static double Square(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += (double)value * value;
        return sum;
    }
}
