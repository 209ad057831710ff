using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;

namespace Sosia.Evaluation.Reports;

/// <summary>The figures of a report on experiments, each with its sentence. Sentences hold HTML.</summary>
internal static class ExperimentSections
{
    public static void Found(ExperimentsPage page, ExperimentsResult result)
    {
        var six = result.Models[0].Metrics[0].SixImage;
        page.Section(
            "Who is found",
            six is null
                ? "Nobody here has exactly six images, so the six-image protocol has no queries."
                : $"The student project's protocol: each of the six images of {six.Queries / 6:N0} people is the query, against all "
                    + $"{result.Files.Count:N0}. Of the five others, how many are among the first 20?"
        );
        page.Plot(
            ExperimentPlots.Found(result),
            six is null
                ? "Mean average precision over everyone with two images or more, by each metric; a model with a cosine bar alone has "
                    + "rows of unit length, for which Euclidean distances give the same order."
                : "Recall of the other five among the first 20, the query included, by each metric; a model with a cosine bar alone has "
                    + "rows of unit length, for which Euclidean distances give the same order."
        );
        page.Table(
            ["Model", "Metric", "Recall@20", "All five", "Top-1", "mAP", "Everyone: mAP", "Rank-1", "R-precision"],
            Lines(
                result,
                (model, by) =>
                    [
                        by.SixImage is { } s ? $"{s.RecallAt20:P1}" : "–",
                        by.SixImage is { } a ? $"{a.AllFound:P1}" : "–",
                        by.SixImage is { } t ? $"{t.Rank1:P1}" : "–",
                        by.SixImage is { } m ? $"{m.Map:P1}" : "–",
                        $"{by.Retrieval.Map:P1}",
                        $"{by.Retrieval.Rank1:P1}",
                        $"{by.Retrieval.RPrecision:P1}",
                    ]
            ),
            "Recall@20 to mAP are of the six-image protocol; the last three of every image of everyone with two or more "
                + $"({result.Models[0].Metrics[0].Retrieval.Queries:N0} queries). {ExperimentSentences.Best(result)}"
        );
        page.Table(
            ["Model", "What it is"],
            result.Models.Select(model => new[] { model.Name, model.Says }),
            "What is compared: all of them on the same rows, in the same order."
        );
    }

    public static void Hubs(ExperimentsPage page, ExperimentsResult result)
    {
        page.Section(
            "Do the same photos come back for every query?",
            "An image that stands in far more neighbour lists than its share of 20 is a hub (Radovanović et al. 2010). The student "
                + "project saw four of them come back, by eye."
        );
        page.Plot(
            ExperimentPlots.Counts(result),
            $"How many of the {result.Files.Count:N0} images' lists of {result.Models[0].Metrics[0].Hubs.K} neighbours an image stands "
                + "in, from the most frequent image to the least: the higher a line starts, the more a few photos come back for everybody."
        );
        page.Table(
            [
                "Model",
                "Metric",
                "Skewness",
                "Largest count",
                "Lists with one of its top four",
                "Six-image queries: skewness",
                "Largest count",
                "Lists with one of its top four",
            ],
            Lines(
                result,
                (model, by) =>
                    [
                        $"{by.Hubs.Skewness:F1}",
                        $"{by.Hubs.MaxOccurrence:N0}",
                        $"{by.Hubs.WithAny:P1}",
                        by.SixImageHubs is { } s ? $"{s.Skewness:F1}" : "–",
                        by.SixImageHubs is { } m ? $"{m.MaxOccurrence:N0} of {m.Queries:N0}" : "–",
                        by.SixImageHubs is { } f ? $"{f.WithAny:P1}" : "–",
                    ]
            ),
            $"Skewness of the counts is 0 where every image comes back equally often. {ExperimentSentences.FourPhotos(result)}"
        );
        foreach (var model in result.Models)
        foreach (var by in model.Metrics)
            page.HubPictures(
                $"{model.Name}, {ExperimentWords.Of(by.Metric)}",
                by.SixImageHubs ?? by.Hubs,
                $"The images that come back most, with the number of {(by.SixImageHubs ?? by.Hubs).Queries:N0} queries that have them "
                    + $"among their first {(by.SixImageHubs ?? by.Hubs).K}."
            );
    }

    public static void Contrast(ExperimentsPage page, ExperimentsResult result)
    {
        page.Section(
            "Are smaller distances better?",
            "The student project wanted its improvement to give smaller distances. A distance has the unit of its features: dividing "
                + "every feature by 1,000 makes all distances 1,000 times smaller and changes no answer. What can be compared is how "
                + "much nearer the nearest is than the rest."
        );
        page.Table(
            ["Model", "Metric", "Distance to the nearest", "Mean distance", "Relative contrast", "mAP of everyone"],
            Lines(
                result,
                (model, by) =>
                    [$"{by.Contrast.Nearest:G4}", $"{by.Contrast.Mean:G4}", $"{by.Contrast.Relative:F2}", $"{by.Retrieval.Map:P1}"]
            ),
            "Medians over all images as queries; relative contrast is mean over nearest, 1 where nothing can be told apart. "
                + $"{ExperimentSentences.Distances(result)}"
        );
    }

    public static void Matching(ExperimentsPage page, ExperimentsResult result)
    {
        page.Section(
            "What does it match on?",
            $"Parts of {result.Greyed:N0} queries are greyed out, as the box of the face tells: the box, a band above it, all below it, "
                + $"what is left. The fewer of the 20 neighbours stay, the more the model looked there. {ExperimentsResult.NotMeasured}"
        );
        if (result.Greyed > 0 && result.Models.Any(model => model.GreyedOut.Count > 0))
        {
            page.Plot(
                ExperimentPlots.Greyed(result),
                "Share of the 20 neighbours that stay when a part is greyed out. A model of people would lose all without the face and "
                    + $"keep all without the rest. {ExperimentSentences.Staying(result)}"
            );
            page.Table(
                [
                    "Model",
                    "Metric",
                    .. Enum.GetValues<Region>().Select(region => $"Without {ExperimentWords.Of(region)}"),
                    "Shared by two people's queries",
                ],
                Lines(
                    result,
                    (model, by) =>
                        [
                            .. Enum.GetValues<Region>()
                                .Select(region =>
                                    model.GreyedOut.FirstOrDefault(greyed => greyed.Metric == by.Metric && greyed.Region == region)
                                        is { } greyed
                                        ? $"{greyed.Stay:P1}{(greyed.WithoutRow > 0 ? $" (no face left: {greyed.WithoutRow:P0})" : "")}"
                                        : "–"
                                ),
                            by.Common is { } common ? $"{common:P1}" : "–",
                        ]
                ),
                "The same as numbers. Hubs stay whatever is greyed out, so the last column says what two queries of different people "
                    + "have in common anyway: what stays beyond that is of the picture. The parts are not equally large; of the "
                    + $"picture they take {ExperimentSentences.Sizes(result)}."
            );
        }
        if (result.Looked == 0)
            return;
        page.Plot(
            ExperimentPlots.Agreements(result),
            $"For {result.Looked:N0} queries the tenth of all images that is most like the query in a trait: by chance a tenth of the "
                + $"neighbours would be among them. {ExperimentSentences.Sharing(result)}"
        );
        page.Table(
            ["Model", "Metric", .. Alikeness.Traits.Select(trait => $"Like in {ExperimentWords.Of(trait)}")],
            Lines(result, (model, by) => [.. by.Agreement.Select(agreement => $"{agreement.Share:P1} (chance {agreement.Chance:P1})")]),
            "The same as numbers. Background colour is the mean of red, green and blue outside face, hair band and torso; brightness "
                + "the mean of the whole picture; the position is that of the middle of the face."
        );
        if (result.Guesses is null)
            return;
        page.Section("Do neighbours have the query's gender and age?", ExperimentSentences.Unsure(result.Guesses));
        page.Table(
            ["Model", "Metric", "Neighbours of the other gender", "By chance", "Like in age", "By chance"],
            Lines(
                result,
                (model, by) =>
                    by.Agreement.Count == 0 ? [] : [.. Of(by, Trait.Gender, share => 1 - share), .. Of(by, Trait.Age, share => share)]
            ),
            "The students claimed fewer neighbours of the other gender for their ImageNet network. Like in age are those among the "
                + "tenth of all images whose guessed age is nearest to the query's."
        );
    }

    private static IEnumerable<string> Of(MetricResult by, Trait trait, Func<double, double> what)
    {
        var agreement = by.Agreement.First(agreement => agreement.Trait == trait);
        return [$"{what(agreement.Share):P1}", $"{what(agreement.Chance):P1}"];
    }

    private static IEnumerable<IEnumerable<string>> Lines(
        ExperimentsResult result,
        Func<ModelResult, MetricResult, IEnumerable<string>> cells
    ) =>
        result.Models.SelectMany(model =>
            model.Metrics.Select(by => cells(model, by).Prepend(ExperimentWords.Of(by.Metric)).Prepend(model.Name))
        );
}
