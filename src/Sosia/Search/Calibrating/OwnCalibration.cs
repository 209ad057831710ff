using Sosia.Search.Ranking;

namespace Sosia.Search.Calibrating;

/// <summary>
/// Makes a calibration for one collection, of comparisons of different people in it and of the one that the model has: the surer one of the
/// two counts more.
/// </summary>
internal sealed class OwnCalibration
{
    /// <summary>The normal quantile of 97.5%.</summary>
    private const double Sure = 1.959964;

    /// <summary>
    /// How far the rates of other people and worse photos were from the model's, as a deviation of logarithms: a factor of 1.4. Measured:
    /// docs/people.md.
    /// </summary>
    private const double Elsewhere = 0.35;

    /// <summary>So that no rate is said to be known without doubt.</summary>
    private const double Least = 1e-6;

    private readonly ScoreMap _map;
    private readonly ScoreMap[] _replicates;

    private OwnCalibration(ScoreMap map, ScoreMap[] replicates) => (_map, _replicates) = (map, replicates);

    /// <summary>Makes the calibration.</summary>
    /// <param name="own">Scores of different people of the collection, under the plain rule.</param>
    /// <param name="models">The model's own calibration.</param>
    /// <param name="measuredOn">What the comparisons are, in words.</param>
    /// <returns>Null where there are too few comparisons, or all have one score.</returns>
    public static Calibration? Build(ImpostorHistogram own, Calibration models, string measuredOn)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(models);
        if (own.Comparisons < ScoreMap.FewestComparisons)
            return null;
        var rates = ScoreMap.RatesFor(own.Comparisons);
        var plain = models.Curves.First(curve => curve.Rule == ScoringRule.Plain);
        double[] measured = [.. rates.Select(rate => (double)plain.ScoreAt(rate))];
        if (ScoreMap.Fit(rates, own.ScoresAt(rates), measured) is not { } map)
            return null;
        var replicates = Enumerable
            .Range(0, own.Replicates)
            .Select(replicate => ScoreMap.Fit(rates, own.ScoresAt(rates, replicate), measured))
            .OfType<ScoreMap>()
            .ToArray();
        var made = new OwnCalibration(map, replicates);
        return models with { MeasuredOn = measuredOn, Comparisons = own.Comparisons, Curves = [.. models.Curves.Select(made.Moved)] };
    }

    /// <summary>The curve of a rule.</summary>
    private CalibrationCurve Moved(CalibrationCurve measured)
    {
        float[] scores =
        [
            .. measured.Scores.Concat(measured.Scores.Select(_map.FromMeasured)).Where(score => score is > -1 and < 1).Order(),
        ];
        var points = new List<(float Score, double Rate, double Low, double High)>();
        foreach (var score in scores)
        {
            if (points.Count > 0 && score - points[^1].Score < 1e-3f)
                continue;
            var (rate, low, high) = PointAt(measured, score);
            if (points.Count > 0) // never more false matches at a higher score, whichever of the two it is from
                (rate, low, high) = (Math.Min(rate, points[^1].Rate), Math.Min(low, points[^1].Low), Math.Min(high, points[^1].High));
            points.Add((score, rate, low, high));
        }
        return new CalibrationCurve(
            measured.Rule,
            measured.References,
            [.. points.Select(point => point.Score)],
            [.. points.Select(point => point.Rate)],
            [.. points.Select(point => point.Low)],
            [.. points.Select(point => point.High)]
        );
    }

    /// <summary>
    /// The mean of what the collection and the model say, as logarithms, each weighted by how sure it is. The model's interval says nothing
    /// of other photos: it is wider by what rates differ elsewhere, and by as much as these photos contradict it.
    /// </summary>
    private (double Rate, double Low, double High) PointAt(CalibrationCurve measured, float score)
    {
        var (own, ownVariance) = Own(measured, score);
        var models = Math.Log(measured.RateAt(score));
        var apart = own - models;
        var elsewhere = Math.Max(Math.Abs(apart), Elsewhere);
        var modelsVariance = VarianceOf(measured.BoundsAt(score)) + elsewhere * elsewhere;
        var weight = modelsVariance / (ownVariance + modelsVariance);
        var (rate, half) = (models + weight * apart, Sure * Math.Sqrt(ownVariance * weight));
        return (Bounded(Math.Exp(rate)), Bounded(Math.Exp(rate - half)), Bounded(Math.Exp(rate + half)));
    }

    /// <summary>The logarithm of the collection's own rate at a score, and its variance.</summary>
    private (double Rate, double Variance) Own(CalibrationCurve measured, float score)
    {
        var at = _map.ToMeasured(score);
        var replicated = _replicates.Select(map => Math.Log(measured.RateAt(map.ToMeasured(score)))).ToArray();
        var mean = replicated.Average();
        var ofPeople = replicated.Sum(rate => (rate - mean) * (rate - mean)) / (replicated.Length - 1);
        return (Math.Log(measured.RateAt(at)), ofPeople + VarianceOf(measured.BoundsAt(at)));
    }

    /// <summary>The variance that bounds of 95% stand for, of logarithms.</summary>
    private static double VarianceOf((double Low, double High) bounds)
    {
        var deviation = Math.Log(bounds.High / bounds.Low) / (2 * Sure);
        return deviation * deviation + Least;
    }

    private static double Bounded(double rate) => Math.Clamp(rate, Calibration.Floor, 1);
}
