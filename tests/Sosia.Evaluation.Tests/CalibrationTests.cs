using Sosia.Hosting;
using Sosia.Models.Store;
using Sosia.Pipeline;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.Evaluation.Tests;

public class CalibrationTests
{
    private static readonly LabelledRows People = Some.People(150, person => 1 + person % 6, scatter: 0.6);

    [Fact, Slow]
    public void The_rate_at_a_score_is_the_share_of_pairs_of_different_people_that_score_as_high()
    {
        var calibration = new CalibrationBuilder(People).Build("space", "test");
        var impostors = new List<double>();
        for (var i = 0; i < People.Count; i++)
        for (var j = i + 1; j < People.Count; j++)
            if (People.Labels[i] != People.Labels[j])
            {
                double score = 0;
                for (var d = 0; d < People.Dimensions; d++)
                    score += (double)People.Row(i)[d] * People.Row(j)[d];
                impostors.Add(score);
            }
        Assert.Equal(impostors.Count, calibration.Comparisons);
        foreach (var score in new[] { 0f, 0.2f, 0.4f, 0.5f })
        {
            var stated = calibration.Meaning(ScoringRule.Plain, 1, score);
            var counted = impostors.Count(other => other >= score) / (double)impostors.Count;
            Assert.InRange(stated.FalseMatchRate!.Value, counted * 0.9, counted * 1.1);
            Assert.InRange(stated.FalseMatchRate.Value, stated.Low!.Value, stated.High!.Value);
        }
    }

    [Fact]
    public void The_threshold_is_where_the_rate_is_reached_and_rates_never_rise_with_the_score()
    {
        var calibration = new CalibrationBuilder(People).Build("space", "test");
        foreach (var rule in Enum.GetValues<ScoringRule>())
        foreach (var references in rule is ScoringRule.Plain or ScoringRule.Expanded ? [1] : new[] { 2, 3, 4, 5, 9 })
        {
            var threshold = calibration.Threshold(rule, references, 0.01);
            Assert.InRange(calibration.Meaning(rule, references, threshold).FalseMatchRate!.Value, 0.008, 0.01 + 1e-9);
            var last = 1.0;
            for (var score = -1f; score <= 1; score += 0.01f)
            {
                var rate = calibration.Meaning(rule, references, score).FalseMatchRate!.Value;
                Assert.InRange(rate, Calibration.Floor, last + 1e-12);
                last = rate;
            }
        }
    }

    [Fact]
    public void A_network_that_tells_nobody_apart_is_calibrated_and_no_rate_is_stated_for_people_unseen()
    {
        var same = Some.People(150, _ => 3, scatter: 0, dimensions: 1); // rows of one dimension point one way or the other
        var rows = new LabelledRows(1, Array.ConvertAll(same.Rows, _ => 1f), same.Labels, same.Files);
        Assert.Equal(1, new CalibrationBuilder(rows).Build("space", "test").Meaning(ScoringRule.Plain, 1, 0.999f).FalseMatchRate);
        Assert.Empty(HeldOutCheck.Measure(rows, [0.01]));
    }

    [Fact, Slow]
    public void It_is_written_and_read_back_and_made_again_the_same()
    {
        var json = new CalibrationBuilder(People).Build("space", "test").ToJson();
        Assert.Equal(json, Calibration.Parse(json, "space").ToJson());
        Assert.Equal(json, new CalibrationBuilder(People).Build("space", "test").ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[]}""")]
    [InlineData(
        """{"version":2,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":[0,1],"rates":[1,0.1],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    [InlineData(
        """{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":[0,1],"rates":[1],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    [InlineData("""{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":null}""")]
    [InlineData("""{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[null]}""")]
    [InlineData(
        """{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":null,"rates":[1,0.1],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    [InlineData(
        """{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":[1,0],"rates":[1,0.1],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    [InlineData(
        """{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":[0,1],"rates":[0.1,1],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    [InlineData(
        """{"version":1,"spaceKey":"space","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":[0,1],"rates":[1,0],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    [InlineData(
        """{"version":1,"spaceKey":"other","measuredOn":"x","comparisons":1,"curves":[{"rule":"plain","references":1,"scores":[0,1],"rates":[1,0.1],"low":[1,0.1],"high":[1,0.1]}]}"""
    )]
    public void What_is_no_calibration_of_this_space_is_refused_with_what_to_do(string json) =>
        Assert.Contains(
            "sosia eval lfw",
            Assert.Throws<ArgumentException>(() => Calibration.Parse(json, "space")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Rates_stated_on_half_of_the_people_hold_for_the_other_half()
    {
        var many = Some.People(600, _ => 2, scatter: 0.6, seed: 3);
        var check = Assert.Single(HeldOutCheck.Measure(many, [1e-3]));
        Assert.InRange(check.StatedOverMeasured, 0.5, 2);
        Assert.True(check.Least <= check.StatedOverMeasured && check.StatedOverMeasured <= check.Most);
    }

    [Fact]
    public void A_rule_that_was_not_measured_means_nothing_and_is_never_reached()
    {
        var single = new CalibrationBuilder(Some.People(60, _ => 1, scatter: 0.6)).Build("space", "test");
        Assert.NotNull(single.Meaning(ScoringRule.Plain, 1, 0.9f).FalseMatchRate);
        Assert.Null(single.Meaning(ScoringRule.Mean, 3, 0.9f).FalseMatchRate);
        Assert.Equal(1, single.Threshold(ScoringRule.Mean, 3));
    }

    [Fact, Slow]
    public void Bounds_are_wider_where_fewer_people_were_seen()
    {
        var (few, many) = (
            new CalibrationBuilder(Some.People(60, _ => 2, 0.6)).Build("space", "test"),
            new CalibrationBuilder(Some.People(600, _ => 2, 0.6)).Build("space", "test")
        );
        Assert.True(Width(few) > 1.5 * Width(many));

        static double Width(Calibration of) =>
            of.Meaning(ScoringRule.Plain, 1, of.Threshold(ScoringRule.Plain, 1, 0.01)) is var at ? at.High!.Value / at.Low!.Value : 0;
    }

    [Fact]
    public void Images_of_one_person_alone_calibrate_nothing() =>
        Assert.Throws<ArgumentException>(() => new CalibrationBuilder(Some.People(1, _ => 5, 0.5)).Build("space", "test"));

    [Fact]
    public void The_calibration_that_comes_with_Sosia_is_of_the_model_that_comes_with_it()
    {
        var models = new ModelStore(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories("/nonexistent"));
        var model = models.Default(Models.ModelKind.FaceEmbedding);
        var calibration = Calibration.Parse(File.ReadAllText(model.CalibrationPath!), FaceSpace.Of(models).Key);
        Assert.True(calibration.Comparisons > 80_000_000);
        Assert.InRange(calibration.Threshold(ScoringRule.Plain, 1), 0.3f, 0.5f);
    }
}
