using System.Collections.Concurrent;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>What the scores of the face model in use mean, by its calibration.</summary>
public sealed class ScoreMeanings
{
    private readonly Func<KnownModel> _model;
    private readonly OnDemand<Calibration?> _calibration;
    private readonly ConcurrentDictionary<(ScoringRule Rule, int References), float> _thresholds = new();

    /// <param name="model">The model.</param>
    /// <param name="calibration">The file of its calibration; null when it has none.</param>
    /// <param name="spaceKey">The key of its space, which the calibration must name.</param>
    internal ScoreMeanings(Func<KnownModel> model, Func<string?> calibration, Func<string> spaceKey)
    {
        _model = model;
        _calibration = new(() => Load(model(), calibration(), spaceKey()));
    }

    /// <summary>The threshold between "found" and "nobody" of a search with one photo; null where the model is not calibrated.</summary>
    /// <exception cref="QueryException">The calibration can't be read.</exception>
    public float? Threshold => _calibration.Value is null ? null : ThresholdOf(ScoringRule.Plain, 1);

    /// <summary>How often two different people score as high; nothing is known where the model is not calibrated.</summary>
    /// <param name="rule">How the score was made.</param>
    /// <param name="references">Photos of the person that were searched with.</param>
    /// <param name="score">The score.</param>
    /// <exception cref="QueryException">The calibration can't be read.</exception>
    public ScoreMeaning Of(ScoringRule rule, int references, float score) =>
        _calibration.Value?.Meaning(rule, references, score) ?? default;

    /// <summary>The least score of the same person.</summary>
    /// <exception cref="QueryException">The model has no calibration, or it can't be read.</exception>
    public float ThresholdOf(ScoringRule rule, int references)
    {
        var calibration =
            _calibration.Value
            ?? throw new QueryException(
                $"The model '{_model().Entry.Name}' has no calibration with this detector, so what its scores mean is not "
                    + "measured; set a threshold with --threshold, or calibrate with `sosia eval lfw DIR --calibrate`.",
                QueryProblem.NotCalibrated
            );
        return _thresholds.GetOrAdd((rule, references), key => calibration.Threshold(key.Rule, key.References));
    }

    private static Calibration? Load(KnownModel model, string? calibration, string spaceKey)
    {
        if (calibration is not { } path)
            return null;
        try
        {
            return Calibration.Parse(File.ReadAllText(path), spaceKey);
        }
        catch (ArgumentException unusable)
        {
            throw new QueryException($"{unusable.Message.TrimEnd('.')} ({path}).", QueryProblem.NotCalibrated);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new QueryException(
                $"The calibration of the model '{model.Entry.Name}' can't be read at {path}; build Sosia again, or make it again with "
                    + "`sosia eval lfw DIR --calibrate`."
            );
        }
    }
}
