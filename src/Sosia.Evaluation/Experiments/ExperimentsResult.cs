using Sosia.Evaluation.Experiments.Matching;
using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation.Experiments;

/// <summary>An image that comes back often.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Count">Queries that have it among their neighbours.</param>
public readonly record struct Hub(int Row, int Count);

/// <summary>Hubness of some queries.</summary>
/// <param name="Queries">How many were asked; an image that can't be compared asks nothing.</param>
/// <param name="K">Places of each answer.</param>
/// <param name="Skewness">Of the counts of all images.</param>
/// <param name="Hubs">The most frequent images, most frequent first.</param>
/// <param name="Counts">All counts, falling.</param>
/// <param name="WithAny">Share of the queries that have one of the four most frequent images among their places, or more of them.</param>
/// <param name="WithAll">Share that have all four.</param>
public sealed record HubReport(
    int Queries,
    int K,
    double Skewness,
    IReadOnlyList<Hub> Hubs,
    IReadOnlyList<int> Counts,
    double WithAny,
    double WithAll
)
{
    /// <summary>Photos that the student project saw come back.</summary>
    public const int Few = 4;

    /// <summary>The largest count.</summary>
    public int MaxOccurrence => Hubs[0].Count;

    /// <summary>Counts neighbours.</summary>
    /// <param name="near">Of all images.</param>
    /// <param name="queries">Row numbers.</param>
    /// <param name="withQuery">The query takes the first of the places, as in the six-image protocol.</param>
    /// <param name="kept">Hubs named.</param>
    internal static HubReport Of(Neighbourhoods near, IReadOnlyList<int> queries, bool withQuery, int kept)
    {
        var counts = near.Occurrences(queries, withQuery);
        Hub[] hubs =
        [
            .. counts
                .Select((count, row) => new Hub(row, count))
                .OrderByDescending(hub => hub.Count)
                .ThenBy(hub => hub.Row)
                .Take(Math.Max(kept, Few)),
        ];
        var few = hubs.Take(Few).Where(hub => hub.Count > 0).Select(hub => hub.Row).ToHashSet();
        int[] standing =
        [
            .. queries.Where(query => near.Of(query).Count > 0).Select(query => near.Places(query, withQuery).Count(few.Contains)),
        ];
        return new HubReport(
            standing.Length,
            near.K,
            Hubness.SkewnessOf(counts),
            [.. hubs.Take(kept)],
            [.. counts.OrderDescending()],
            Share(standing, 1),
            Share(standing, few.Count)
        );
    }

    private static double Share(int[] standing, int least) =>
        standing.Length == 0 ? 0 : standing.Count(count => count >= least) / (double)standing.Length;
}

/// <summary>What a model does by one metric.</summary>
public sealed record MetricResult
{
    /// <summary>The metric.</summary>
    public required Metric Metric { get; init; }

    /// <summary>The six-image protocol; null where nobody has exactly six.</summary>
    public Retrieval? SixImage { get; init; }

    /// <summary>Every image of everyone with two or more.</summary>
    public required Retrieval Retrieval { get; init; }

    /// <summary>Neighbour counts with every image as query.</summary>
    public required HubReport Hubs { get; init; }

    /// <summary>
    /// The same with the queries of the six-image protocol, which take the first of the 20 places; null where there are none.
    /// </summary>
    public HubReport? SixImageHubs { get; init; }

    /// <summary>How distances differ.</summary>
    public required Contrast Contrast { get; init; }

    /// <summary>Traits that neighbours share.</summary>
    public required IReadOnlyList<Agreement> Agreement { get; init; }

    /// <summary>
    /// Mean share of neighbours that two of the queries with parts greyed out have in common, if they show different people: what would
    /// stay of any picture. Null without two people.
    /// </summary>
    public double? Common { get; init; }

    /// <summary>For each person shown the 20 places: the query itself, then its nearest others.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Shown { get; init; }
}

/// <summary>A model.</summary>
public sealed record ModelResult
{
    /// <summary>What the report calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required string Says { get; init; }

    /// <summary>Values a row.</summary>
    public required int Dimensions { get; init; }

    /// <summary>By each metric; the first is what pictures are shown by.</summary>
    public required IReadOnlyList<MetricResult> Metrics { get; init; }

    /// <summary>Parts greyed out; empty where there is no network to ask again.</summary>
    public required IReadOnlyList<GreyedOut> GreyedOut { get; init; }
}

/// <summary>All that the experiments found.</summary>
public sealed record ExperimentsResult
{
    /// <summary>The file of each row.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The person of each row.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>People.</summary>
    public required int People { get; init; }

    /// <summary>People with two images or more.</summary>
    public required int PeopleWithTwoOrMore { get; init; }

    /// <summary>Rows of the people shown: the first image of each.</summary>
    public required IReadOnlyList<int> Shown { get; init; }

    /// <summary>
    /// Queries asked again with parts greyed out: those of the six-image protocol that show a face, else of everyone with two or more.
    /// </summary>
    public required int Greyed { get; init; }

    /// <summary>Queries whose neighbours' traits were looked at.</summary>
    public required int Looked { get; init; }

    /// <summary>How far the guesses of gender and age can be relied on; null where no face was found.</summary>
    public GuessCheck? Guesses { get; init; }

    /// <summary>In the order asked for.</summary>
    public required IReadOnlyList<ModelResult> Models { get; init; }

    /// <summary>Images of the same person in a list of <see cref="MetricResult.Shown"/>, the query itself left out.</summary>
    public int FoundAmong(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Skip(1).Count(row => Labels[row] == Labels[rows[0]]);
    }

    /// <summary>What these images can't tell.</summary>
    public const string NotMeasured =
        "Whether a model matches on race is not measured: nobody has labelled these images with it. Gender and age are guesses of two "
        + "small networks, not labels that a person gave.";
}
