using Sosia.Evaluation.Experiments.Products;
using Sosia.Search.Ranking;

namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>The nearest others of every image, and how far they are.</summary>
internal sealed class Neighbourhoods
{
    /// <summary>Neighbours that the student project looked at.</summary>
    public const int Most = 20;

    private readonly int[][] _nearest;

    private Neighbourhoods(int k, int[][] nearest, Contrast contrast) => (K, _nearest, Contrast) = (k, nearest, contrast);

    /// <summary>Neighbours kept: 20, or all others where there are fewer.</summary>
    public int K { get; }

    /// <summary>How much nearer the nearest is than the others.</summary>
    public Contrast Contrast { get; }

    /// <summary>
    /// The nearest others of an image, nearest first; equally near ones in order of row. None for an image that can't be compared.
    /// </summary>
    public IReadOnlyList<int> Of(int row) => _nearest[row];

    /// <summary>
    /// One pass over all images as queries. One that can't be compared (no face, so no row) asks nothing: all others are equally far from
    /// it, and whoever stands first in the folder would look like a hub.
    /// </summary>
    public static Neighbourhoods Find(ProductScores scores)
    {
        var k = Math.Min(Most, scores.Count - 1);
        var nearest = new int[scores.Count][];
        var (first, mean) = (new double[scores.Count], new double[scores.Count]);
        scores.ForEach(
            [.. Enumerable.Range(0, scores.Count)],
            (query, row) =>
            {
                nearest[query] = [];
                if (!scores.CanCompare(query))
                    return;
                var (sum, others) = (0.0, 0);
                for (var i = 0; i < row.Length; i++)
                {
                    if (i == query || !scores.CanCompare(i))
                        continue;
                    sum += scores.Distance(row[i]);
                    others++;
                }
                nearest[query] = Nearest(row, query, k);
                (first[query], mean[query]) = (scores.Distance(row[nearest[query][0]]), others == 0 ? 0 : sum / others);
            }
        );
        int[] asked = [.. Enumerable.Range(0, scores.Count).Where(scores.CanCompare)];
        return new Neighbourhoods(
            k,
            nearest,
            Contrast.Of([.. asked.Select(query => first[query])], [.. asked.Select(query => mean[query])])
        );
    }

    /// <summary>The k best of some scores without one image.</summary>
    public static int[] Nearest(float[] scores, int without, int k)
    {
        scores[without] = float.NegativeInfinity;
        return [.. new NearestRows(k, float.NegativeInfinity).Offer(scores).Rows.Select(near => near.Row)];
    }

    /// <summary>In how many of some images' neighbourhoods each image stands.</summary>
    /// <param name="queries">Row numbers.</param>
    /// <param name="withQuery">The query takes the first of the places, as in the six-image protocol.</param>
    public int[] Occurrences(IEnumerable<int> queries, bool withQuery = false)
    {
        var counts = new int[_nearest.Length];
        foreach (var query in queries)
        foreach (var row in Places(query, withQuery))
            counts[row]++;
        return counts;
    }

    /// <summary>
    /// Mean share of neighbours that two queries have in common: where a few images come back for everybody they stay whatever becomes of
    /// the query, so no less can be expected to stay. Null without a pair of queries.
    /// </summary>
    /// <param name="queries">Row numbers.</param>
    /// <param name="counts">Whether a pair counts.</param>
    public double? Common(IReadOnlyList<int> queries, Func<int, int, bool> counts)
    {
        var (common, pairs) = (0L, 0L);
        var here = new bool[_nearest.Length];
        for (var i = 0; i < queries.Count; i++)
        {
            foreach (var near in Of(queries[i]))
                here[near] = true;
            for (var j = i + 1; j < queries.Count; j++)
            {
                if (!counts(queries[i], queries[j]))
                    continue;
                common += Of(queries[j]).Count(near => here[near]);
                pairs++;
            }
            foreach (var near in Of(queries[i]))
                here[near] = false;
        }
        return pairs == 0 ? null : common / ((double)pairs * K);
    }

    /// <summary>
    /// What an answer shows: the nearest others, or the query and one fewer of them. Nothing for an image that can't be compared.
    /// </summary>
    public IEnumerable<int> Places(int query, bool withQuery) =>
        !withQuery || _nearest[query].Length == 0 ? _nearest[query] : _nearest[query].Take(K - 1).Prepend(query);
}

/// <summary>Relative contrast of distances (He, Kumar and Chang 2012): medians over all images as queries.</summary>
/// <param name="Nearest">Distance to the nearest other image.</param>
/// <param name="Mean">Mean distance to all others.</param>
/// <param name="Relative">Mean over nearest: 1 where all are equally far, and nothing can be told from distances; 0 where every query has a
/// copy.</param>
public sealed record Contrast(double Nearest, double Mean, double Relative)
{
    internal static Contrast Of(double[] nearest, double[] mean)
    {
        double[] relative = [.. nearest.Zip(mean).Where(pair => pair.First > 0).Select(pair => pair.Second / pair.First)];
        return new Contrast(Median(nearest), Median(mean), Median(relative));
    }

    internal static double Median(double[] values)
    {
        if (values.Length == 0)
            return 0;
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
