using Sosia.Search.Ranking;

namespace Sosia.Evaluation;

/// <summary>Stated against measured: rates calibrated on half of the people, checked on the other half, who were not seen.</summary>
/// <param name="Rule">The scoring rule: plain or expanded.</param>
/// <param name="Rate">The stated false match rate.</param>
/// <param name="StatedOverMeasured">Stated ÷ measured, the median over draws of the halves.</param>
/// <param name="Least">The 5th percentile over draws.</param>
/// <param name="Most">The 95th percentile.</param>
/// <param name="WithinTwo">Share of draws in which stated and measured agree within a factor of 2.</param>
public sealed record HeldOutCheck(ScoringRule Rule, double Rate, double StatedOverMeasured, double Least, double Most, double WithinTwo)
{
    private const int Draws = 48;

    /// <summary>Checks some rates on seeded halves of the people; all halves are counted in one pass over the pairs.</summary>
    /// <param name="rows">All people; four or more.</param>
    /// <param name="rates">Stated rates to check; those with fewer than ten comparisons behind them are left out.</param>
    /// <param name="rule">Plain or expanded.</param>
    /// <param name="expanded">For the expanded rule: the rows, expanded.</param>
    /// <param name="seed">Of the halves.</param>
    public static IReadOnlyList<HeldOutCheck> Measure(
        LabelledRows rows,
        IReadOnlyList<double> rates,
        ScoringRule rule = ScoringRule.Plain,
        LabelledRows? expanded = null,
        int seed = 1
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(rates);
        var histogram = new CalibrationBuilder(rows, people => Halves(people, new Random(seed))).AllPairs(
            rule == ScoringRule.Expanded ? expanded ?? rows : rows
        );
        var checks = new List<HeldOutCheck>();
        foreach (var rate in rates.Where(rate => rate * histogram.Comparisons / 4 >= 10)) // a quarter of the pairs lie within a half
        {
            var quotients = Enumerable
                .Range(0, Draws)
                .Select(draw => rate / histogram.Measured(2 * draw, 2 * draw + 1, rate))
                .Where(double.IsFinite)
                .Order()
                .ToArray();
            if (quotients.Length == 0)
                continue;
            checks.Add(
                new HeldOutCheck(
                    rule,
                    rate,
                    quotients[quotients.Length / 2],
                    quotients[(int)(0.05 * quotients.Length)],
                    quotients[(int)(0.95 * quotients.Length)],
                    quotients.Count(quotient => quotient is >= 0.5 and <= 2) / (double)quotients.Length
                )
            );
        }
        return checks;
    }

    /// <summary>Replicate 2i counts one half of the people, replicate 2i + 1 the other.</summary>
    private static float[][] Halves(int people, Random random)
    {
        var weights = Enumerable.Range(0, people).Select(_ => new float[2 * Draws]).ToArray();
        for (var draw = 0; draw < Draws; draw++)
        {
            var order = Enumerable.Range(0, people).ToArray();
            random.Shuffle(order);
            for (var i = 0; i < people; i++)
                weights[order[i]][2 * draw + (i < people / 2 ? 0 : 1)] = 1;
        }
        return weights;
    }
}
