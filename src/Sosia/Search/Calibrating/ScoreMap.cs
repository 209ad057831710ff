namespace Sosia.Search.Calibrating;

/// <summary>
/// How scores of a collection go with those that a calibration was measured on: other cameras, other people and worse photos move and
/// stretch them, and the straight line between the two says how. It is found where the collection's own comparisons are many, and
/// continues the measured curve to rates at which they are few.
/// </summary>
/// <param name="Offset">Of the line.</param>
/// <param name="Slope">Of the line; above 0.</param>
internal readonly record struct ScoreMap(double Offset, double Slope)
{
    /// <summary>Comparisons above a score that make its rate known well enough.</summary>
    private const int Enough = 20;

    /// <summary>The bulk of the scores says little of the tail: only rates up to this one are looked at.</summary>
    private const double HighestRate = 0.1;

    private const int PointsADecade = 4;

    /// <summary>Comparisons without which there are too few points for a line: three.</summary>
    public const int FewestComparisons = 1_000;

    /// <summary>Rates at which the collection's own comparisons are many.</summary>
    /// <param name="comparisons">How many there are.</param>
    public static double[] RatesFor(long comparisons)
    {
        var rates = new List<double>();
        for (var rate = HighestRate; rate * comparisons >= Enough; rate *= Math.Pow(10, -1.0 / PointsADecade))
            rates.Add(rate);
        return [.. rates];
    }

    /// <summary>
    /// The line of least squares. A point counts as much as the root of its rate: those of few comparisons are uncertain, those of many lie
    /// far from the tail that the line is to continue.
    /// </summary>
    /// <param name="rates">Some rates.</param>
    /// <param name="own">Scores of the collection at these rates.</param>
    /// <param name="measured">The scores that the calibration has at them.</param>
    /// <returns>Null where the scores of the collection don't differ.</returns>
    public static ScoreMap? Fit(IReadOnlyList<double> rates, IReadOnlyList<double> own, IReadOnlyList<double> measured)
    {
        double[] weights = [.. rates.Select(Math.Sqrt)];
        double Mean(IEnumerable<double> values) => values.Zip(weights, (value, weight) => value * weight).Sum() / weights.Sum();
        var (x, y) = (Mean(own), Mean(measured));
        var spread = Mean(own.Select(score => (score - x) * (score - x)));
        var together = Mean(own.Zip(measured, (score, same) => (score - x) * (same - y)));
        return spread > 0 && together > 0 ? new ScoreMap(y - together / spread * x, together / spread) : null;
    }

    /// <summary>The score of the calibration that means the same as one of the collection.</summary>
    public float ToMeasured(float own) => (float)(Offset + Slope * own);

    /// <summary>The score of the collection that means the same as one of the calibration.</summary>
    public float FromMeasured(float measured) => (float)((measured - Offset) / Slope);
}
