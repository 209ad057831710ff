namespace Sosia.Evaluation.Measures;

/// <summary>How well the images of the same person come back when each image is the query.</summary>
/// <param name="Queries">Queries asked.</param>
/// <param name="Map">Mean over queries of the average precision over all other images.</param>
/// <param name="Rank1">Share of queries whose nearest other image shows the same person.</param>
/// <param name="RPrecision">Mean share of the same person among the R nearest others, R being how many there are.</param>
/// <param name="RecallAt20">Mean share of the person's other images among the top 20, which include the query itself.</param>
/// <param name="AllFive">Share of queries with all others in that top 20.</param>
public sealed record Retrieval(int Queries, double Map, double Rank1, double RPrecision, double RecallAt20, double AllFive)
{
    /// <summary>The query itself takes the first of the 20 places.</summary>
    private const int Others = 19;

    /// <summary>Measures some queries against all rows.</summary>
    /// <param name="rows">All images.</param>
    /// <param name="queries">Row numbers; each must have another image of the same person.</param>
    /// <param name="failed">Told of every query whose nearest other image shows somebody else: the query and that image.</param>
    public static Retrieval Measure(LabelledRows rows, IReadOnlyList<int> queries, Action<int, int>? failed = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var sums = new double[5];
        var gate = new Lock();
        Similarities.ForEach(rows, queries, (query, scores) =>
        {
            scores[query] = float.NegativeInfinity;
            var ranks = Ranks(scores, [.. rows.People[rows.Labels[query]].Where(row => row != query)]);
            var nearest = ranks[0] == 1 ? -1 : Nearest(scores);
            lock (gate)
            {
                sums[0] += AveragePrecision(ranks);
                sums[1] += ranks[0] == 1 ? 1 : 0;
                sums[2] += ranks.Count(rank => rank <= ranks.Length) / (double)ranks.Length;
                sums[3] += ranks.Count(rank => rank <= Others) / (double)ranks.Length;
                sums[4] += ranks[^1] <= Others ? 1 : 0;
                if (nearest >= 0) failed?.Invoke(query, nearest);
            }
        });
        return new Retrieval(queries.Count, sums[0] / queries.Count, sums[1] / queries.Count, sums[2] / queries.Count, sums[3] / queries.Count, sums[4] / queries.Count);
    }

    /// <summary>Every image of everyone with two or more.</summary>
    public static int[] EveryoneWithTwoOrMore(LabelledRows rows) => [.. rows.People.Where(person => person.Count() >= 2).SelectMany(person => person).Order()];

    /// <summary>Each image of each person with exactly six.</summary>
    public static int[] EveryoneWithSix(LabelledRows rows) => [.. rows.People.Where(person => person.Count() == 6).SelectMany(person => person).Order()];

    /// <summary>Mean over the relevant images of the precision at their ranks.</summary>
    /// <param name="ranks">Ranks of the relevant images, rising, from 1.</param>
    public static double AveragePrecision(ReadOnlySpan<int> ranks)
    {
        var sum = 0.0;
        for (var i = 0; i < ranks.Length; i++) sum += (i + 1.0) / ranks[i];
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
                if (scores[other] > score || (scores[other] == score && other < row)) above++;
            ranks[i] = above + 1;
        }
        Array.Sort(ranks);
        return ranks;
    }

    private static int Nearest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best]) best = i;
        return best;
    }
}
