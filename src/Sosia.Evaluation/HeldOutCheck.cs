using Sosia.Search;

namespace Sosia.Evaluation;

/// <summary>Stated against measured: rates calibrated on half of the people, checked on the other half.</summary>
/// <param name="Rate">The stated false match rate.</param>
/// <param name="StatedOverMeasured">Stated ÷ measured on people unseen, mean of the logarithm over draws.</param>
/// <param name="Least">The smallest quotient of a draw.</param>
/// <param name="Most">The largest.</param>
public sealed record HeldOutCheck(double Rate, double StatedOverMeasured, double Least, double Most)
{
    private const int Draws = 5;

    /// <summary>Checks some rates on seeded halves of the people.</summary>
    /// <param name="rows">All people; four or more.</param>
    /// <param name="rates">Stated rates to check.</param>
    /// <param name="rule">Plain or expanded; each half is expanded by its own rows.</param>
    /// <param name="seed">Of the halves.</param>
    public static IReadOnlyList<HeldOutCheck> Measure(LabelledRows rows, IReadOnlyList<double> rates, ScoringRule rule = ScoringRule.Plain, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(rates);
        var random = new Random(seed);
        var quotients = rates.Select(_ => new List<double>()).ToArray();
        for (var draw = 0; draw < Draws; draw++)
        {
            var people = rows.People.Select(person => person.Key).ToArray();
            random.Shuffle(people);
            var known = people.Take(people.Length / 2).ToHashSet(StringComparer.Ordinal);
            var (seen, unseen) = (Only(rows, known.Contains), Only(rows, person => !known.Contains(person)));
            var (stated, measured) = (new CalibrationBuilder(seen, replicates: 0).Curve(rule), new CalibrationBuilder(unseen, replicates: 0).Curve(rule));
            for (var i = 0; i < rates.Count; i++)
            {
                var at = stated.Scores[Array.FindIndex(stated.Rates, rate => rate <= rates[i]) is var found && found >= 0 ? found : ^1];
                quotients[i].Add(stated.RateAt(at) / measured.RateAt(at));
            }
        }
        return [.. rates.Select((rate, i) => new HeldOutCheck(rate, Math.Exp(quotients[i].Average(Math.Log)), quotients[i].Min(), quotients[i].Max()))];
    }

    private static LabelledRows Only(LabelledRows rows, Func<string, bool> wanted)
    {
        int[] kept = [.. Enumerable.Range(0, rows.Count).Where(row => wanted(rows.Labels[row]))];
        return new LabelledRows(rows.Dimensions, [.. kept.SelectMany(row => rows.Row(row).ToArray())], [.. kept.Select(row => rows.Labels[row])], [.. kept.Select(row => rows.Files[row])]);
    }
}
