using System.Text.RegularExpressions;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;
using Sosia.Evaluation.Measures;
using Sosia.Evaluation.Reports;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed partial class ExperimentsPageTests
{
    [Fact]
    public void Every_figure_has_its_sentence_and_nothing_is_loaded_from_anywhere()
    {
        var page = ExperimentsPage.Make("/photos/lfw/", Result());
        Assert.Equal(Figures().Count(page), Captions().Count(page));
        Assert.All(Captions().Matches(page), caption => Assert.NotEmpty(caption.Groups[1].Value));
        Assert.Contains("<h1>What finds the person in lfw?</h1>", page, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(page, "<svg"));
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains(ExperimentsResult.NotMeasured, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_say_what_the_figures_say()
    {
        var page = ExperimentsPage.Make("lfw", Result());
        Assert.Contains(
            "a&lt;b&gt; finds most: its nearest other image is right for 75.0 % of the queries.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Do four photos come back for every query? a&lt;b&gt;: 50.0 % of the 3 queries have one of its four most frequent photos, "
                + "25.0 % have all four;",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "far has distances 1,000 times those of a&lt;b&gt;, which says something of their units and nothing of who is found.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "a&lt;b&gt; keeps 0 % without the face, and 80 % with nothing but the face (7 % are any two people's)",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("a&lt;b&gt;: most in background colour, 3.0 times as often as by chance", page, StringComparison.Ordinal);
        Assert.Contains(
            "Other images of the same person in all these grids together: a&lt;b&gt; 1, far 1.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "two photos of one person get different genders in 50.0 % of 2 pairs, and ages 4.2 years apart (median)",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<td>25.0 %</td><td>40.0 %</td><td>20.0 %</td><td>10.0 %</td>", page, StringComparison.Ordinal);
        Assert.Contains("(no face left: 50 %)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_is_a_row_a_model_a_column_and_the_same_person_is_framed()
    {
        var page = ExperimentsPage.Make("lfw", Result());
        var grids = page[page.IndexOf("side by side", StringComparison.Ordinal)..];
        Assert.Contains("<th>a&lt;b&gt; (cosine)</th><th>far (Euclidean)</th>", grids, StringComparison.Ordinal);
        Assert.Equal(["Ann Lee", "Bo"], Regex.Matches(grids, "<tr><th>([^<]+)</th>").Select(row => row.Groups[1].Value));
        Assert.Equal(4, Regex.Count(grids, "<div class=\"grid\">"));
        Assert.Equal(4, Regex.Count(grids, "class=\"query\""));
        Assert.Equal(2, Regex.Count(grids, "class=\"same\""));
    }

    [Fact]
    public void Without_faces_or_people_with_six_images_there_is_a_report_too()
    {
        var result = Result();
        var page = ExperimentsPage.Make(
            "lfw",
            result with
            {
                Greyed = 0,
                Looked = 0,
                Guesses = null,
                Models =
                [
                    .. result.Models.Select(model =>
                        model with
                        {
                            GreyedOut = [],
                            Metrics =
                            [
                                .. model.Metrics.Select(by =>
                                    by with
                                    {
                                        SixImage = null,
                                        SixImageHubs = null,
                                        Agreement = [],
                                        Contrast = new Contrast(0, 0, 0),
                                    }
                                ),
                            ],
                        }
                    ),
                ],
            }
        );
        Assert.Contains("Nobody here has exactly six images", page, StringComparison.Ordinal);
        Assert.Equal(Figures().Count(page), Captions().Count(page));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    /// <summary>Two models, five images of two people and one more.</summary>
    private static ExperimentsResult Result() =>
        new()
        {
            Files = [.. Enumerable.Range(0, 5).Select(row => $"/nowhere/{row}.jpg")],
            Labels = ["Ann_Lee", "Ann_Lee", "Bo", "Bo", "Cy"],
            People = 3,
            PeopleWithTwoOrMore = 2,
            Shown = [0, 2],
            Greyed = 3,
            Looked = 5,
            Guesses = new GuessCheck(5, 0.6, 2, 0.5, 4.2),
            Models = [Model("a<b>", Metric.Cosine, 0.75, 0.5), Model("far", Metric.Euclidean, 0.25, 500)],
        };

    private static ModelResult Model(string name, Metric metric, double right, double nearest)
    {
        var retrieval = new Retrieval(4, right, right, right, right, right, [right]);
        var hubs = new HubReport(3, 4, 1.5, [new Hub(1, 3), new Hub(2, 1), new Hub(4, 0)], [3, 1, 0, 0, 0], 0.5, 0.25);
        return new ModelResult
        {
            Name = name,
            Says = "made up",
            Dimensions = 2,
            Metrics =
            [
                new MetricResult
                {
                    Metric = metric,
                    SixImage = retrieval,
                    Retrieval = retrieval,
                    Hubs = hubs,
                    SixImageHubs = hubs,
                    Contrast = new Contrast(nearest, nearest * 2, 2),
                    Common = 0.07,
                    Agreement =
                    [
                        new(Trait.BackgroundColour, 0.3, 0.1),
                        new(Trait.Brightness, 0.2, 0.1),
                        new(Trait.FacePosition, 0.1, 0.1),
                        new(Trait.Gender, 0.75, 0.6),
                        new(Trait.Age, 0.2, 0.1),
                    ],
                    Shown =
                    [
                        [0, 1, 2, 3],
                        [2, 4, 0],
                    ],
                },
            ],
            GreyedOut =
            [
                .. Enum.GetValues<Region>()
                    .Select(region => new GreyedOut(region, metric, region == Region.Face ? 0 : 0.8, region == Region.Face ? 0.5 : 0, 0.2)),
            ],
        };
    }

    [GeneratedRegex("<figure>")]
    private static partial Regex Figures();

    [GeneratedRegex("<figcaption>(.*?)</figcaption>", RegexOptions.Singleline)]
    private static partial Regex Captions();
}
