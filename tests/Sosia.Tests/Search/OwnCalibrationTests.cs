using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.Tests.Search;

/// <summary>A collection's own calibration, beside scores whose false match rates are known.</summary>
public sealed class OwnCalibrationTests
{
    [Fact]
    public void Scores_of_people_who_look_alike_mean_what_is_measured_there()
    {
        // The model was calibrated where strangers score around 0 with a deviation of 0.1; here they score higher, and spread more.
        var models = Made(Drawn(200_000, 0, 0.1, seed: 1));
        var own = OwnCalibration.Build(Drawn(30_000, 0.08, 0.12, seed: 2), models, "here")!;
        var truth = Made(Drawn(400_000, 0.08, 0.12, seed: 3));
        foreach (var rate in new[] { 1e-3, 1e-4 })
        {
            var score = own.Threshold(ScoringRule.Plain, 1, rate);
            var measured = truth.Meaning(ScoringRule.Plain, 1, score).FalseMatchRate!.Value;
            Assert.InRange(rate / measured, rate < 1e-3 ? 0.25 : 0.5, rate < 1e-3 ? 4 : 2);
            var meaning = own.Meaning(ScoringRule.Plain, 1, score);
            Assert.InRange(measured, meaning.Low!.Value, meaning.High!.Value);
            Assert.True(rate / truth.Meaning(ScoringRule.Plain, 1, models.Threshold(ScoringRule.Plain, 1, rate)).FalseMatchRate < 0.2);
        }
        Assert.Equal("here", own.MeasuredOn);
        Assert.Equal(own.ToJson(), Calibration.Parse(own.ToJson(), own.SpaceKey).ToJson());
    }

    [Fact]
    public void Where_the_model_is_right_little_changes()
    {
        var models = Made(Drawn(200_000, 0, 0.1, seed: 1));
        var own = OwnCalibration.Build(Drawn(20_000, 0, 0.1, seed: 2), models, "here")!;
        foreach (var rate in new[] { 1e-2, 1e-3, 1e-4 })
            Assert.InRange(own.Threshold(ScoringRule.Plain, 1, rate) - models.Threshold(ScoringRule.Plain, 1, rate), -0.02, 0.02);
    }

    [Fact]
    public void Few_comparisons_or_equal_ones_make_no_calibration()
    {
        var models = Made(Drawn(200_000, 0, 0.1, seed: 1));
        Assert.Null(OwnCalibration.Build(Drawn(999, 0, 0.1, seed: 2), models, "here"));
        Assert.Null(OwnCalibration.Build(Drawn(5_000, 0.5, 0, seed: 2), models, "here"));
    }

    private static Calibration Made(ImpostorHistogram histogram) =>
        new()
        {
            Version = Calibration.CurrentVersion,
            SpaceKey = new string('0', 64),
            MeasuredOn = "drawn scores",
            Comparisons = histogram.Comparisons,
            Curves = [histogram.Curve(ScoringRule.Plain, 1)],
        };

    /// <summary>Normal scores of pairs of 200 people.</summary>
    private static ImpostorHistogram Drawn(int count, double mean, double deviation, int seed)
    {
        const int People = 200;
        var random = new Random(seed);
        var histogram = new ImpostorHistogram(ImpostorHistogram.DrawPeople(People, 64, seed));
        for (var i = 0; i < count; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            histogram.Add((float)(mean + deviation * normal), random.Next(People), random.Next(People));
        }
        return histogram;
    }
}
