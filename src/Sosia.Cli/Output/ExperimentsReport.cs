using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Measures;
using Sosia.Evaluation.Reports;

namespace Sosia.Cli.Output;

internal sealed record HubJson(string File, int Count);

internal sealed record HubsJson(
    int Queries,
    int K,
    double Skewness,
    int MaxOccurrence,
    double WithAnyOfFour,
    double WithAllFour,
    IReadOnlyList<HubJson> Hubs
);

internal sealed record ContrastJson(double Nearest, double Mean, double Relative);

internal sealed record AgreementJson(string Trait, double Share, double Chance);

internal sealed record ShownJson(string Person, int Found, IReadOnlyList<string> Files);

internal sealed record ExperimentMetricJson(
    string Metric,
    SixImageJson? SixImage,
    RetrievalJson Retrieval,
    HubsJson Hubness,
    HubsJson? SixImageHubness,
    ContrastJson Contrast,
    IReadOnlyList<AgreementJson> Agreement,
    double? CommonNeighbours,
    IReadOnlyList<ShownJson> People
);

internal sealed record GreyedOutJson(string Region, string Metric, double Stay, double WithoutRow, double Pixels);

internal sealed record ExperimentModelJson(
    string Name,
    string Says,
    int Dimensions,
    IReadOnlyList<ExperimentMetricJson> Metrics,
    IReadOnlyList<GreyedOutJson> GreyedOut
);

internal sealed record GuessesJson(int Faces, double Male, int Pairs, double OtherGender, double Years);

internal sealed record ExperimentsJson(
    int Images,
    int People,
    int PeopleWithTwoOrMore,
    int GreyedQueries,
    int LookedAtQueries,
    IReadOnlyList<ExperimentModelJson> Models,
    string NotMeasured,
    GuessesJson? Guesses
);

/// <summary>What the experiments found, for people and for programs.</summary>
internal static class ExperimentsReport
{
    public static void Print(ExperimentsResult result)
    {
        Console.WriteLine(
            $"{result.Files.Count:N0} images of {Text.Count(result.People, "person", "people")}, {result.PeopleWithTwoOrMore:N0} with "
                + "two or more"
        );
        foreach (var model in result.Models)
        {
            Console.WriteLine($"{Text.Printable(model.Name)}: {model.Says}");
            foreach (var by in model.Metrics)
            {
                var name = ExperimentWords.Of(by.Metric);
                if (by.SixImage is { } six)
                    Line(
                        name,
                        $"six-image recall@20 {six.RecallAt20:P1}, top-1 {six.Rank1:P1}, mAP {six.Map:P1} ({six.Queries:N0} queries)"
                    );
                Line(
                    name,
                    $"everyone's images: mAP {by.Retrieval.Map:P1}, rank-1 {by.Retrieval.Rank1:P1} ({by.Retrieval.Queries:N0} queries)"
                );
                Line(
                    name,
                    $"hubness: skewness {by.Hubs.Skewness:F1}, largest count {by.Hubs.MaxOccurrence:N0} of {by.Hubs.Queries:N0} "
                        + $"({Text.Printable(Path.GetFileName(result.Files[by.Hubs.Hubs[0].Row]))}), one of its top four in "
                        + $"{by.Hubs.WithAny:P1} of the lists"
                );
                Line(
                    name,
                    $"distances: nearest {by.Contrast.Nearest:G4}, mean {by.Contrast.Mean:G4}, relative contrast {by.Contrast.Relative:F2}"
                );
                foreach (var agreement in by.Agreement)
                    Line(
                        name,
                        $"neighbours alike in {ExperimentWords.Of(agreement.Trait)}: {agreement.Share:P1} (chance {agreement.Chance:P1})"
                    );
                foreach (var greyed in model.GreyedOut.Where(greyed => greyed.Metric == by.Metric))
                    Line(name, $"{greyed.Stay:P1} of the neighbours stay without {ExperimentWords.Of(greyed.Region)}");
                if (by.Common is { } common)
                    Line(name, $"{common:P1} of the neighbours are shared by two queries of different people");
            }
        }
        if (result.Guesses is { Pairs: > 0 } guesses)
            Console.WriteLine(
                $"Guesses of gender and age: two photos of one person get different genders in {guesses.OtherGender:P1} of "
                    + $"{guesses.Pairs:N0} pairs, and ages {guesses.Years:F1} years apart (median)."
            );
        Console.WriteLine(ExperimentsResult.NotMeasured);
    }

    public static ExperimentsJson ToJson(ExperimentsResult result) =>
        new(
            result.Files.Count,
            result.People,
            result.PeopleWithTwoOrMore,
            result.Greyed,
            result.Looked,
            [
                .. result.Models.Select(model => new ExperimentModelJson(
                    model.Name,
                    model.Says,
                    model.Dimensions,
                    [
                        .. model.Metrics.Select(by => new ExperimentMetricJson(
                            ExperimentWords.Of(by.Metric).ToLowerInvariant(),
                            SixImage(by.SixImage),
                            new RetrievalJson(by.Retrieval.Queries, by.Retrieval.Map, by.Retrieval.Rank1, by.Retrieval.RPrecision),
                            Hubs(result, by.Hubs),
                            by.SixImageHubs is { } six ? Hubs(result, six) : null,
                            new ContrastJson(by.Contrast.Nearest, by.Contrast.Mean, by.Contrast.Relative),
                            [
                                .. by.Agreement.Select(agreement => new AgreementJson(
                                    Camel(agreement.Trait),
                                    agreement.Share,
                                    agreement.Chance
                                )),
                            ],
                            by.Common,
                            [
                                .. by.Shown.Select(rows => new ShownJson(
                                    result.Labels[rows[0]],
                                    result.FoundAmong(rows),
                                    [.. rows.Select(row => result.Files[row])]
                                )),
                            ]
                        )),
                    ],
                    [
                        .. model.GreyedOut.Select(greyed => new GreyedOutJson(
                            Camel(greyed.Region),
                            ExperimentWords.Of(greyed.Metric).ToLowerInvariant(),
                            greyed.Stay,
                            greyed.WithoutRow,
                            greyed.Pixels
                        )),
                    ]
                )),
            ],
            ExperimentsResult.NotMeasured,
            result.Guesses is { } guesses
                ? new GuessesJson(guesses.Faces, guesses.Male, guesses.Pairs, guesses.OtherGender, guesses.Years)
                : null
        );

    private static HubsJson Hubs(ExperimentsResult result, HubReport hubs) =>
        new(
            hubs.Queries,
            hubs.K,
            hubs.Skewness,
            hubs.MaxOccurrence,
            hubs.WithAny,
            hubs.WithAll,
            [.. hubs.Hubs.Select(hub => new HubJson(result.Files[hub.Row], hub.Count))]
        );

    private static SixImageJson? SixImage(Retrieval? six) =>
        six is null ? null : new(six.Queries, six.RecallAt20, six.AllFound, six.Rank1, six.Map);

    private static string Camel<T>(T name)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name.ToString());

    private static void Line(string name, string figures) => Console.WriteLine($"  {name, -10} {figures}");
}
