using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Experiments.Matching;

namespace Sosia.Evaluation.Reports;

/// <summary>What things are called in a report on experiments.</summary>
public static class ExperimentWords
{
    /// <summary>A metric's name.</summary>
    public static string Of(Metric metric) =>
        metric switch
        {
            Metric.Euclidean => "Euclidean",
            Metric.Cosine => "cosine",
            _ => "Manhattan",
        };

    /// <summary>A part's name.</summary>
    public static string Of(Region region) =>
        region switch
        {
            Region.Face => "face",
            Region.Hair => "hair band",
            Region.Torso => "torso",
            Region.Background => "background",
            _ => "all but the face",
        };

    /// <summary>A trait's name.</summary>
    public static string Of(Trait trait) =>
        trait switch
        {
            Trait.BackgroundColour => "background colour",
            Trait.Brightness => "brightness",
            Trait.FacePosition => "position of the face",
            Trait.Gender => "gender, as guessed",
            _ => "age, as guessed",
        };
}
