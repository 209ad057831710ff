using System.Net;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;

namespace Sosia.Evaluation.Reports;

/// <summary>What the figures of a report on experiments say, in words, as HTML. By the metric that pictures are shown by.</summary>
internal static class ExperimentSentences
{
    public static string Best(ExperimentsResult result)
    {
        var best = result.Models.SelectMany(model => model.Metrics.Select(by => (model, by))).MaxBy(pair => pair.by.Retrieval.Map);
        return $"{Name(best.model)} finds most: its nearest other image is right for {best.by.Retrieval.Rank1:P1} of the queries.";
    }

    /// <summary>The students' question: do four photos come back for every query?</summary>
    public static string FourPhotos(ExperimentsResult result)
    {
        var answers = result.Models.Select(model =>
        {
            var hubs = model.Metrics[0].SixImageHubs ?? model.Metrics[0].Hubs;
            return $"{Name(model)}: {hubs.WithAny:P1} of the {hubs.Queries:N0} queries have one of its four most frequent photos, "
                + $"{hubs.WithAll:P1} have all four";
        });
        return $"Do four photos come back for every query? {string.Join("; ", answers)}.";
    }

    /// <summary>Why distances of two models can't be compared.</summary>
    public static string Distances(ExperimentsResult result)
    {
        var (least, most) = (
            result.Models.MinBy(model => model.Metrics[0].Contrast.Nearest)!,
            result.Models.MaxBy(model => model.Metrics[0].Contrast.Nearest)!
        );
        if (least == most || least.Metrics[0].Contrast.Nearest <= 0)
            return "";
        return $"{Name(most)} has distances {most.Metrics[0].Contrast.Nearest / least.Metrics[0].Contrast.Nearest:N0} times those of "
            + $"{Name(least)}, which says something of their units and nothing of who is found.";
    }

    /// <summary>What stays without the face, and with nothing but it.</summary>
    public static string Staying(ExperimentsResult result)
    {
        var answers = result
            .Models.Where(model => model.GreyedOut.Count > 0)
            .Select(model =>
            {
                var chance = model.Metrics[0].Common is { } common ? $" ({common:P0} are any two people's)" : "";
                return $"{Name(model)} keeps {Stay(model, Region.Face):P0} without the face, and {Stay(model, Region.AllButFace):P0} with "
                    + $"nothing but the face{chance}";
            });
        return $"{string.Join("; ", answers)}.";
    }

    /// <summary>How large the parts are.</summary>
    public static string Sizes(ExperimentsResult result) =>
        string.Join(
            ", ",
            result
                .Models.First(model => model.GreyedOut.Count > 0)
                .GreyedOut.GroupBy(greyed => greyed.Region)
                .Select(region => $"{ExperimentWords.Of(region.Key)} {region.First().Pixels:P0}")
        );

    /// <summary>For each model the trait that its neighbours share most.</summary>
    public static string Sharing(ExperimentsResult result)
    {
        var answers = result
            .Models.Where(model => model.Metrics[0].Agreement.Count > 0)
            .Select(model =>
            {
                var most = model.Metrics[0].Agreement.MaxBy(agreement => agreement.Share / agreement.Chance)!;
                var times = most.Share / most.Chance;
                return $"{Name(model)}: most in {ExperimentWords.Of(most.Trait)}, {times:F1} times as often as by chance";
            });
        return $"{string.Join("; ", answers)}.";
    }

    /// <summary>How unsure the guesses of gender and age are, by what they say of two photos of one person.</summary>
    public static string Unsure(GuessCheck guesses) =>
        guesses.Pairs == 0
            ? $"Gender and age are guesses of two small networks for {guesses.Faces:N0} faces, and nobody here has two photos to check "
                + "them with: take them as a hint, not as a label."
            : $"Gender and age are guesses of two small networks for {guesses.Faces:N0} faces, {guesses.Male:P0} of them taken for "
                + $"male. They contradict themselves: two photos of one person get different genders in {guesses.OtherGender:P1} of "
                + $"{guesses.Pairs:N0} pairs, and ages {guesses.Years:F1} years apart (median). Differences as small as that are noise, "
                + "and a guess says how a face looks to a network, not who somebody is.";

    /// <summary>What the pictures side by side show.</summary>
    public static string SideBySide(ExperimentsResult result) =>
        "Other images of the same person in all these grids together: "
        + $"{string.Join(", ", result.Models.Select(model => $"{Name(model)} {model.Metrics[0].Shown.Sum(result.FoundAmong):N0}"))}.";

    private static string Name(ModelResult model) => WebUtility.HtmlEncode(model.Name);

    private static double Stay(ModelResult model, Region region) =>
        model.GreyedOut.First(greyed => greyed.Region == region && greyed.Metric == model.Metrics[0].Metric).Stay;
}
