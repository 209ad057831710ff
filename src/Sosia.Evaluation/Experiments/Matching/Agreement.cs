namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>Whether neighbours look alike in a trait.</summary>
/// <param name="Trait">The trait.</param>
/// <param name="Share">Mean share of an image's neighbours that are among the tenth of all images that is most like it in this
/// trait.</param>
/// <param name="Chance">The share that images drawn by lot have: a tenth, or a little more where several are equally like.</param>
public sealed record Agreement(Trait Trait, double Share, double Chance);

/// <summary>For some images as queries, how like in a trait another must be to be among the most like tenth.</summary>
internal sealed class Alikeness
{
    private const double Most = 0.1;

    /// <summary>Enough for a standard error below half a point.</summary>
    private const int Queries = 1000;

    private readonly Look[] _looks;
    private readonly (int Query, float[] Limits, double[] Chances)[] _queries;

    public Alikeness(Look[] looks)
    {
        _looks = looks;
        int[] known =
        [
            .. Enumerable
                .Range(0, looks.Length)
                .Where(row => Traits.All(trait => float.IsFinite(Look.Difference(looks[row], looks[row], trait)))),
        ];
        int[] asked =
        [
            .. Enumerable
                .Range(0, Math.Min(Queries, known.Length))
                .Select(i => known[(int)((long)i * known.Length / Math.Min(Queries, known.Length))]),
        ];
        _queries = [.. asked.AsParallel().AsOrdered().Select(Limits)];
    }

    public static IReadOnlyList<Trait> Traits { get; } = Enum.GetValues<Trait>();

    /// <summary>Queries asked.</summary>
    public int Count => _queries.Length;

    /// <summary>Agreement of neighbours in every trait; empty where no image shows a face.</summary>
    /// <param name="neighbours">Of a query; none where it can't be compared.</param>
    public IReadOnlyList<Agreement> Of(Func<int, IReadOnlyList<int>> neighbours)
    {
        var answered = _queries
            .Select(asked => (Asked: asked, Near: neighbours(asked.Query)))
            .Where(query => query.Near.Count > 0)
            .ToArray();
        return answered.Length == 0
            ? []
            :
            [
                .. Traits.Select(
                    (trait, t) =>
                        new Agreement(
                            trait,
                            answered.Average(query =>
                                query.Near.Count(row =>
                                    Look.Difference(_looks[query.Asked.Query], _looks[row], trait) <= query.Asked.Limits[t]
                                ) / (double)query.Near.Count
                            ),
                            answered.Average(query => query.Asked.Chances[t])
                        )
                ),
            ];
    }

    private (int, float[], double[]) Limits(int query)
    {
        var (limits, chances) = (new float[Traits.Count], new double[Traits.Count]);
        for (var t = 0; t < Traits.Count; t++)
        {
            var differences = Enumerable
                .Range(0, _looks.Length)
                .Where(row => row != query)
                .Select(row => Look.Difference(_looks[query], _looks[row], Traits[t]))
                .Where(float.IsFinite)
                .ToArray();
            Array.Sort(differences);
            if (differences.Length == 0)
                continue;
            limits[t] = differences[Math.Max(0, (int)Math.Ceiling(Most * differences.Length) - 1)];
            chances[t] = differences.Count(difference => difference <= limits[t]) / (double)(_looks.Length - 1);
        }
        return (query, limits, chances);
    }
}
