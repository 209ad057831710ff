namespace Sosia.Evaluation.Measures;

/// <summary>How well the images of the same person come back when each image is the query.</summary>
/// <param name="Queries">Queries asked.</param>
/// <param name="Map">Mean over queries of the average precision over all other images.</param>
/// <param name="Rank1">Share of queries whose nearest other image shows the same person.</param>
/// <param name="RPrecision">Mean share of the same person among the R nearest others, R being how many there are.</param>
/// <param name="RecallAt20">Mean share of the person's other images among the top 20, which include the query itself.</param>
/// <param name="AllFound">Share of queries with all others in that top 20.</param>
/// <param name="Cmc">Cumulative match characteristic: entry r is the share of queries with an image of the same person among the r + 1
/// nearest others.</param>
public sealed record Retrieval(
    int Queries,
    double Map,
    double Rank1,
    double RPrecision,
    double RecallAt20,
    double AllFound,
    IReadOnlyList<double> Cmc
)
{
    /// <summary>The query itself takes the first of the 20 places.</summary>
    private const int Others = 19;

    private const int CmcRanks = 20;

    /// <summary>Measures some queries against all rows.</summary>
    /// <param name="rows">All images.</param>
    /// <param name="queries">Row numbers; each must have another image of the same person.</param>
    /// <param name="failed">Told of every query whose nearest other image shows somebody else: the query and that image. One call at a
    /// time, in no order.</param>
    /// <exception cref="ArgumentException">No queries.</exception>
    public static Retrieval Measure(LabelledRows rows, IReadOnlyList<int> queries, Action<int, int>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Measure(rows.People, rows.Labels, (asked, take) => Similarities.ForEach(rows, asked, take), queries, failed);
    }

    /// <inheritdoc cref="Measure(LabelledRows, IReadOnlyList{int}, Action{int, int}?)"/>
    /// <param name="people">Rows of each person.</param>
    /// <param name="labels">The person of each row.</param>
    /// <param name="source">Their scores.</param>
    /// <param name="queries">Row numbers; each must have another image of the same person.</param>
    /// <param name="failed">As above.</param>
    public static Retrieval Measure(
        ILookup<string, int> people,
        IReadOnlyList<string> labels,
        ScoreSource source,
        IReadOnlyList<int> queries,
        Action<int, int>? failed = null
    )
    {
        ArgumentNullException.ThrowIfNull(people);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(queries);
        if (queries.Count == 0)
            throw new ArgumentException("Retrieval needs people with two images or more: one is the query, the others should come back.");
        // Kept query by query and added up in order, so that the same rows give the same figures to the last digit.
        var (found, firsts) = (new (double Precision, double RPrecision, double Recall, bool All)[queries.Count], new int[queries.Count]);
        var place = new Dictionary<int, int>(queries.Select((row, i) => KeyValuePair.Create(row, i)));
        var gate = new Lock();
        source(
            queries,
            (query, scores) =>
            {
                scores[query] = float.NegativeInfinity;
                var ranks = Ranks(scores, [.. people[labels[query]].Where(row => row != query)]);
                var (at, count) = (place[query], (double)ranks.Length);
                found[at] = (
                    AveragePrecision(ranks),
                    ranks.Count(rank => rank <= ranks.Length) / count,
                    ranks.Count(rank => rank <= Others) / count,
                    ranks[^1] <= Others
                );
                firsts[at] = ranks[0];
                if (ranks[0] == 1 || failed is null)
                    return;
                lock (gate)
                    failed(query, Nearest(scores));
            }
        );
        return new Retrieval(
            queries.Count,
            found.Average(query => query.Precision),
            Share(1),
            found.Average(query => query.RPrecision),
            found.Average(query => query.Recall),
            found.Count(query => query.All) / (double)queries.Count,
            [.. Enumerable.Range(1, CmcRanks).Select(Share)]
        );

        double Share(int rank) => firsts.Count(first => first <= rank) / (double)queries.Count;
    }

    /// <summary>Says early that a folder has nothing to measure.</summary>
    /// <param name="people">Rows of each person.</param>
    /// <exception cref="ArgumentException">Nobody has two images, or there is nobody else.</exception>
    public static void ThrowIfNothingToFind(ILookup<string, int> people)
    {
        ArgumentNullException.ThrowIfNull(people);
        if (people.All(person => person.Count() < 2))
            throw new ArgumentException(
                "Nobody in this folder has two images or more, so no image can be found by another one of the same person."
            );
        if (people.Count == 1)
            throw new ArgumentException(
                $"There is one person only in this folder, {people.Single().Key}, so whatever comes back is right; give a folder with "
                    + "two people or more."
            );
    }

    /// <summary>Every image of everyone with two or more.</summary>
    public static int[] EveryoneWithTwoOrMore(LabelledRows rows) =>
        EveryoneWithTwoOrMore((rows ?? throw new ArgumentNullException(nameof(rows))).People);

    /// <inheritdoc cref="EveryoneWithTwoOrMore(LabelledRows)"/>
    public static int[] EveryoneWithTwoOrMore(ILookup<string, int> people) => Where(people, static images => images >= 2);

    /// <summary>Each image of each person with exactly six.</summary>
    public static int[] EveryoneWithSix(LabelledRows rows) =>
        EveryoneWithSix((rows ?? throw new ArgumentNullException(nameof(rows))).People);

    /// <inheritdoc cref="EveryoneWithSix(LabelledRows)"/>
    public static int[] EveryoneWithSix(ILookup<string, int> people) => Where(people, static images => images == 6);

    /// <summary>Mean over the relevant images of the precision at their ranks.</summary>
    /// <param name="ranks">Ranks of the relevant images, rising, from 1; one or more.</param>
    public static double AveragePrecision(ReadOnlySpan<int> ranks)
    {
        var sum = 0.0;
        for (var i = 0; i < ranks.Length; i++)
            sum += (i + 1.0) / ranks[i];
        return sum / ranks.Length;
    }

    /// <summary>Places of some rows among all scores, rising, from 1; equal scores rank by row number.</summary>
    internal static int[] Ranks(ReadOnlySpan<float> scores, int[] relevant)
    {
        var ranks = new int[relevant.Length];
        for (var i = 0; i < relevant.Length; i++)
        {
            var (row, score) = (relevant[i], scores[relevant[i]]);
            var above = 0;
            for (var other = 0; other < scores.Length; other++)
                if (scores[other] > score || (scores[other] == score && other < row))
                    above++;
            ranks[i] = above + 1;
        }
        Array.Sort(ranks);
        return ranks;
    }

    private static int[] Where(ILookup<string, int> people, Func<int, bool> images)
    {
        ArgumentNullException.ThrowIfNull(people);
        return [.. people.Where(person => images(person.Count())).SelectMany(person => person).Order()];
    }

    private static int Nearest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }
}
