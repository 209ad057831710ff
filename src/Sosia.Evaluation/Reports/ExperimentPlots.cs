using ScottPlot;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;

namespace Sosia.Evaluation.Reports;

/// <summary>The plots of a report on experiments, as SVG; a colour a model.</summary>
internal static class ExperimentPlots
{
    private const int Width = 760;

    /// <summary>Points are a hundredth of their rank apart, finer than can be seen, and the page stays small.</summary>
    private const int Dense = 100;

    private static readonly Color[] Colours =
    [
        .. new[] { "#9a9a9a", "#d1581b", "#7b3fa0", "#1f8a4c", "#1f5fbf", "#b8860b", "#c2185b" }.Select(hex => Color.FromHex(hex)),
    ];

    /// <summary>A group of bars for each name, a bar for each model.</summary>
    /// <param name="up">What the bars' height is.</param>
    /// <param name="names">Of the groups.</param>
    /// <param name="models">Name and heights, one a group.</param>
    /// <param name="chance">A line to compare with; null for none.</param>
    public static string Bars(
        string up,
        IReadOnlyList<string> names,
        IReadOnlyList<(string Name, double[] Heights)> models,
        double? chance = null
    )
    {
        using var plot = Plots.New("", up);
        var width = models.Count + 1.0;
        for (var m = 0; m < models.Count; m++)
        {
            var colour = Colours[m % Colours.Length];
            plot
                .Add.Bars(
                    models[m]
                        .Heights.Select(
                            (height, group) =>
                                new Bar
                                {
                                    Position = group * width + m,
                                    Value = height,
                                    FillColor = colour,
                                    LineWidth = 0,
                                }
                        )
                        .ToArray()
                )
                .LegendText = models[m].Name;
        }
        if (chance is { } line)
            plot.Add.HorizontalLine(line, 1, Colors.Black, LinePattern.Dashed).LegendText = "chance";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. names.Select((_, group) => group * width + (models.Count - 1) / 2.0)],
            [.. names]
        );
        plot.Axes.Margins(bottom: 0);
        plot.ShowLegend(Edge.Right); // beside the bars, not over them
        return Plots.Svg(plot, Width);
    }

    /// <summary>How often each image comes back, the most frequent first; both axes logarithmic.</summary>
    public static string Counts(ExperimentsResult result)
    {
        using var plot = Plots.New("images, the most frequent first", "neighbour lists it stands in");
        for (var m = 0; m < result.Models.Count; m++)
        {
            var counts = result.Models[m].Metrics[0].Hubs.Counts.TakeWhile(count => count > 0).ToArray();
            int[] ranks =
            [
                .. Enumerable
                    .Range(0, counts.Length)
                    .Where(rank => rank < Dense || rank % (rank / Dense) == 0 || rank == counts.Length - 1),
            ];
            Plots.Line(
                plot,
                result.Models[m].Name,
                Colours[m % Colours.Length],
                [.. ranks.Select(rank => Math.Log10(rank + 1))],
                [.. ranks.Select(rank => Math.Log10(counts[rank]))]
            );
        }
        plot.Axes.Bottom.TickGenerator = plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(0, 6).Select(power => (double)power)],
            [.. Enumerable.Range(0, 6).Select(power => $"{Math.Pow(10, power):N0}")]
        );
        plot.ShowLegend(Edge.Right); // beside the bars, not over them
        return Plots.Svg(plot, Width);
    }

    /// <summary>What stays when a part is greyed out, by the metric that pictures are shown by.</summary>
    public static string Greyed(ExperimentsResult result) =>
        Bars(
            "share of the 20 neighbours that stay",
            [.. Enum.GetValues<Region>().Select(ExperimentWords.Of)],
            [
                .. result
                    .Models.Where(model => model.GreyedOut.Count > 0)
                    .Select(model =>
                        (
                            model.Name,
                            model
                                .GreyedOut.Where(greyed => greyed.Metric == model.Metrics[0].Metric)
                                .Select(greyed => greyed.Stay)
                                .ToArray()
                        )
                    ),
            ]
        );

    /// <summary>What neighbours share.</summary>
    public static string Agreements(ExperimentsResult result) =>
        Bars(
            "share of the neighbours among the most alike tenth",
            [.. Alikeness.Traits.Where(OfATenth).Select(ExperimentWords.Of)],
            [
                .. result.Models.Select(model =>
                    (
                        model.Name,
                        model
                            .Metrics[0]
                            .Agreement.Where(agreement => OfATenth(agreement.Trait))
                            .Select(agreement => agreement.Share)
                            .ToArray()
                    )
                ),
            ],
            result
                .Models[0]
                .Metrics[0]
                .Agreement.Where(agreement => OfATenth(agreement.Trait))
                .Select(agreement => agreement.Chance)
                .DefaultIfEmpty(0.1)
                .Average()
        );

    /// <summary>Whether chance is about a tenth; of two genders one is that of most.</summary>
    private static bool OfATenth(Trait trait) => trait != Trait.Gender;

    /// <summary>Recall of the six-image protocol, else mean average precision of everyone.</summary>
    public static string Found(ExperimentsResult result) =>
        Bars(
            result.Models[0].Metrics[0].SixImage is null ? "mAP" : "recall among the first 20",
            [.. Enum.GetValues<Metric>().Select(ExperimentWords.Of)],
            [
                .. result.Models.Select(model =>
                    (
                        model.Name,
                        Enum.GetValues<Metric>()
                            .Select(metric =>
                                model.Metrics.FirstOrDefault(by => by.Metric == metric) is { } by
                                    ? by.SixImage?.RecallAt20 ?? by.Retrieval.Map
                                    : 0
                            )
                            .ToArray()
                    )
                ),
            ]
        );
}
