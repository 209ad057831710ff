using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Measures;
using Sosia.Search.Ranking;

namespace Sosia.Evaluation;

/// <summary>All measures of a folder, one after the other.</summary>
public static class Evaluator
{
    private static readonly double[] CheckedRates = [1e-2, 1e-3, 1e-4];

    /// <summary>Measures an embedded folder.</summary>
    /// <param name="folder">The rows.</param>
    /// <param name="pairs">The official pairs; null for none.</param>
    /// <param name="say">Told what is measured next.</param>
    /// <param name="cancellation">Looked at between measures.</param>
    /// <exception cref="ArgumentException">Nobody has two images, or the pairs are not pairs of these images.</exception>
    public static EvaluationResult Measure(
        EmbeddedFolder folder,
        string? pairs = null,
        Action<string>? say = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        var rows = folder.Rows;
        Retrieval.ThrowIfNothingToFind(rows.People);
        var everyone = Retrieval.EveryoneWithTwoOrMore(rows);
        var folds = pairs is null ? null : LfwPairs.Read(pairs, rows);
        var six = Retrieval.EveryoneWithSix(rows);
        var failed = new List<(int Query, int Nearest)>();

        var expanded = Step("query expansion", () => Expansion.Expand(rows));
        return new EvaluationResult
        {
            Folder = folder,
            Expanded = expanded,
            People = rows.People.Count,
            PeopleWithTwoOrMore = rows.People.Count(person => person.Count() >= 2),
            Verification = folds is null ? null : Step("verification", () => Verification.Measure(rows, folds)),
            SixImage = six.Length == 0 ? null : Step("the six-image protocol", () => Retrieval.Measure(rows, six)),
            SixImageExpanded = six.Length == 0 ? null : Step("the six-image protocol, expanded", () => Retrieval.Measure(expanded, six)),
            SixImageReferences = Step("several references", () => SeveralReferences.Measure(rows, 2, 3, 4)),
            Grouping = Step("grouping", () => Grouping.Measure(rows)),
            Retrieval = Step("retrieval", () => Retrieval.Measure(rows, everyone, (query, nearest) => failed.Add((query, nearest)))),
            RetrievalExpanded = Step("retrieval, expanded", () => Retrieval.Measure(expanded, everyone)),
            OpenSet = rows.People.Any(person => person.Count() == 1) ? Step("open-set identification", () => OpenSet.Measure(rows)) : null,
            Hubness = Step("hubness", () => Hubness.Measure(rows)),
            Scores = Step("all pairs", () => PairScores.Measure(rows)),
            ScoresExpanded = Step("all pairs, expanded", () => PairScores.Measure(expanded)),
            HeldOut = Step("false match rates on people unseen", () =>
                (IReadOnlyList<HeldOutCheck>)
                    [
                        .. HeldOutCheck.Measure(rows, CheckedRates),
                        .. HeldOutCheck.Measure(rows, CheckedRates, ScoringRule.Expanded, expanded),
                    ]
            ),
            Failed = [.. failed.OrderBy(pair => rows.Files[pair.Query], StringComparer.Ordinal).Select(pair => Describe(rows, pair))],
        };

        T Step<T>(string what, Func<T> measure)
        {
            cancellation.ThrowIfCancellationRequested();
            say?.Invoke(what);
            return measure();
        }
    }

    private static FailedQuery Describe(LabelledRows rows, (int Query, int Nearest) pair) =>
        new(
            rows.Files[pair.Query],
            rows.Labels[pair.Query],
            rows.Files[pair.Nearest],
            rows.Labels[pair.Nearest],
            Verification.Score(rows, new Pair(pair.Query, pair.Nearest, false))
        );
}
