using System.Collections.Concurrent;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>
/// What the scores of the face model in use mean: by the collection's own calibration where it has one, else by the model's.
/// </summary>
public sealed class ScoreMeanings
{
    /// <summary>How long a calibration of another process may stay unseen, in milliseconds.</summary>
    private const int LookEvery = 1000;

    private readonly Func<KnownModel> _model;
    private readonly OnDemand<Calibration?> _ofModel;
    private readonly OwnCalibrationFile _own;
    private volatile InUse? _inUse;

    /// <param name="model">The model.</param>
    /// <param name="calibration">The file of its calibration; null when it has none.</param>
    /// <param name="spaceKey">The key of its space, which the calibration must name.</param>
    /// <param name="directory">The collection's directory.</param>
    internal ScoreMeanings(Func<KnownModel> model, Func<string?> calibration, Func<string> spaceKey, string directory)
    {
        _model = model;
        _ofModel = new(() => Load(model(), calibration(), spaceKey()));
        _own = new OwnCalibrationFile(directory, spaceKey);
    }

    /// <summary>The calibration that counts; null where the model has none.</summary>
    /// <exception cref="QueryException">The calibration can't be read.</exception>
    public Calibration? Calibration => Current.Calibration;

    /// <summary>The threshold between "found" and "nobody" of a search with one photo; null where the model is not calibrated.</summary>
    /// <exception cref="QueryException">The calibration can't be read.</exception>
    public float? Threshold => Current.Calibration is null ? null : ThresholdOf(ScoringRule.Plain, 1);

    /// <summary>The model.</summary>
    internal KnownModel Model => _model();

    /// <summary>The model's own calibration.</summary>
    internal Calibration? OfModel => _ofModel.Value;

    /// <summary>The collection's own calibration.</summary>
    internal OwnCalibrationFile Own => _own;

    private InUse Current
    {
        get
        {
            var now = Environment.TickCount64;
            if (_inUse is { } known && now - known.Looked < LookEvery)
                return known;
            var written = _own.Written;
            if (_inUse is { } same && same.Written == written)
                return _inUse = same with { Looked = now };
            return _inUse = new InUse(ReadOwn() ?? _ofModel.Value, written, now, new());
        }
    }

    /// <summary>How often two different people score as high; nothing is known where the model is not calibrated.</summary>
    /// <param name="rule">How the score was made.</param>
    /// <param name="references">Photos of the person that were searched with.</param>
    /// <param name="score">The score.</param>
    /// <exception cref="QueryException">The calibration can't be read.</exception>
    public ScoreMeaning Of(ScoringRule rule, int references, float score) =>
        Current.Calibration?.Meaning(rule, references, score) ?? default;

    /// <summary>The least score of the same person.</summary>
    /// <exception cref="QueryException">The model has no calibration, or it can't be read.</exception>
    public float ThresholdOf(ScoringRule rule, int references)
    {
        var current = Current;
        var calibration = current.Calibration
            ?? throw new QueryException(
                $"The model '{_model().Entry.Name}' has no calibration with this detector, so what its scores mean is not "
                    + "measured; set a threshold with --threshold, or calibrate with `sosia eval lfw DIR --calibrate`.",
                QueryProblem.NotCalibrated
            );
        return current.Thresholds.GetOrAdd((rule, references), key => calibration.Threshold(key.Rule, key.References));
    }

    private Calibration? ReadOwn()
    {
        try
        {
            return _own.Read();
        }
        catch (Exception unusable) when (unusable is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new QueryException($"{unusable.Message.TrimEnd('.')} ({_own.FilePath}).", QueryProblem.NotCalibrated);
        }
    }

    /// <summary>Looks at the collection's own calibration anew with the next question.</summary>
    internal void LookAgain() => _inUse = null;

    /// <summary>The calibration that counts.</summary>
    /// <param name="Calibration">Null where the model has none.</param>
    /// <param name="Written">When the collection's own was written; null where it has none.</param>
    /// <param name="Looked">When that was looked at, in milliseconds.</param>
    /// <param name="Thresholds">What was asked before.</param>
    private sealed record InUse(
        Calibration? Calibration,
        DateTime? Written,
        long Looked,
        ConcurrentDictionary<(ScoringRule Rule, int References), float> Thresholds
    );

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
