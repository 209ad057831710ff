using System.Text.Json;
using Sosia.Evaluation;
using Sosia.Evaluation.Lfw;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.Bench.OwnPhotos;

/// <summary>
/// Whether a collection's own calibration states the false match rates that are measured there. The model is calibrated on one half of
/// LFW's people; of the other half, photos of nine people each are composed and made worse.
/// </summary>
internal static class OwnCalibrationBench
{
    private static readonly (ScoringRule Rule, int References)[] Rules =
    [
        (ScoringRule.Plain, 1),
        (ScoringRule.Expanded, 1),
        (ScoringRule.Best, 3),
        (ScoringRule.Mean, 3),
    ];

    public static int Run(string directory, int draws, string? only = null)
    {
        var lfw = LabelledFolder.Read(directory);
        var rows = new FolderEmbedding(lfw).Run().Rows;
        for (var draw = 1; draw <= draws; draw++)
        {
            var random = new Random(draw);
            var people = rows.People.Select(person => person.Key).Order(StringComparer.Ordinal).ToArray();
            random.Shuffle(people);
            var seen = people.Take(people.Length / 2).ToHashSet(StringComparer.Ordinal);
            var models = new CalibrationBuilder(Only(rows, seen)).Build("", "half of LFW");
            var others = people.Where(person => !seen.Contains(person)).ToArray();
            var alike = MostAlike(rows, others);
            foreach (var (worse, chosen) in Enum.GetValues<Worse>().SelectMany(worse => new[] { (worse, others), (worse, alike) }))
            {
                if (only is not null && only != $"{worse}{(chosen == alike ? "Alike" : "")}")
                    continue;
                var photos = ComposedPhotos.Choose(
                    chosen.Select(person => rows.People[person].Select(row => rows.Files[row]).ToArray()),
                    random
                );
                using var composed = new ComposedCollection(photos, _ => worse, file => Path.GetFileName(Path.GetDirectoryName(file))!);
                var pairs = composed.Collection.People.Calibrating.Measure(CancellationToken.None);
                var own = OwnCalibration.Build(pairs.Scores, models, "")!;
                var truth = new CalibrationBuilder(composed.Rows).Build("", "");
                foreach (var (rule, references) in Rules)
                {
                    double Stated(Calibration by, double rate) =>
                        Math.Round(rate / RateAt(truth, rule, references, by.Threshold(rule, references, rate)), 2);
                    bool Covers(Calibration by, double rate)
                    {
                        var score = by.Threshold(rule, references, rate);
                        var (meaning, measured) = (by.Meaning(rule, references, score), RateAt(truth, rule, references, score));
                        return meaning.Low <= measured && measured <= meaning.High;
                    }
                    var interval = own.Meaning(rule, references, own.Threshold(rule, references, 1e-4));
                    Console.WriteLine(
                        JsonSerializer.Serialize(
                            new
                            {
                                draw,
                                worse = worse.ToString(),
                                people = chosen == alike ? "alike" : "all",
                                photos = pairs.Photos,
                                pairs.LeftOut,
                                comparisons = pairs.Scores.Comparisons,
                                rule = rule.ToString(),
                                references,
                                own3 = Stated(own, 1e-3),
                                lfw3 = Stated(models, 1e-3),
                                own4 = Stated(own, 1e-4),
                                lfw4 = Stated(models, 1e-4),
                                low = interval.Low,
                                high = interval.High,
                                covers4 = Covers(own, 1e-4),
                                lfwCovers4 = Covers(models, 1e-4),
                            }
                        )
                    );
                }
            }
        }
        return 0;
    }

    private static double RateAt(Calibration calibration, ScoringRule rule, int references, float score) =>
        calibration.Meaning(rule, references, score).FalseMatchRate ?? double.NaN;

    /// <summary>A third of some people, who look more like each other than the others do, as relatives or a village may.</summary>
    private static string[] MostAlike(LabelledRows rows, string[] people)
    {
        var means = people.ToDictionary(
            person => person,
            person => MeanRow.Of([.. rows.People[person].Select(row => rows.Row(row).ToArray())])
        );
        var middle = means[people[0]];
        return [.. people.OrderByDescending(person => Similarity.Of(means[person], middle)).Take(people.Length / 3)];
    }

    /// <summary>The rows of some people.</summary>
    private static LabelledRows Only(LabelledRows rows, HashSet<string> people)
    {
        int[] kept = [.. Enumerable.Range(0, rows.Count).Where(row => people.Contains(rows.Labels[row]))];
        return new LabelledRows(
            rows.Dimensions,
            [.. kept.SelectMany(row => rows.Row(row).ToArray())],
            [.. kept.Select(row => rows.Labels[row])],
            [.. kept.Select(row => rows.Files[row])]
        );
    }
}
