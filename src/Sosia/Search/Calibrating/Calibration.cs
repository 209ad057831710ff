using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Catalogue;
using Sosia.Search.Ranking;

namespace Sosia.Search.Calibrating;

/// <summary>What a score means.</summary>
/// <param name="FalseMatchRate">Share of comparisons of two different people that score as high; null where it was not measured. Never
/// below the floor.</param>
/// <param name="Low">2.5th percentile of that rate, by bootstrap over people.</param>
/// <param name="High">97.5th percentile of that rate.</param>
public readonly record struct ScoreMeaning(double? FalseMatchRate, double? Low, double? High)
{
    /// <summary>In words: "about 1 false match in 10,000".</summary>
    public string Sentence =>
        FalseMatchRate switch
        {
            null => "not calibrated",
            <= Calibration.Floor => $"fewer than 1 false match in {1 / Calibration.Floor:N0}",
            > 0.5 => "as good as chance",
            { } rate => $"about 1 false match in {Rounded(1 / rate):N0}",
        };

    /// <summary>Two significant digits: more would pretend.</summary>
    private static double Rounded(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return value < 10 ? Math.Round(value) : Math.Round(value / unit) * unit;
    }
}

/// <summary>False match rates of one scoring rule at falling rates: point i holds a score and the rate at it, with bounds.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="References">References behind a score: 1, or m for best and mean.</param>
/// <param name="Scores">Rising.</param>
/// <param name="Rates">Falling.</param>
/// <param name="Low">Lower bounds of the rates.</param>
/// <param name="High">Upper bounds of the rates.</param>
public sealed record CalibrationCurve(ScoringRule Rule, int References, float[] Scores, double[] Rates, double[] Low, double[] High)
{
    /// <summary>The rate at a score, log-linear between points; the floor beyond the last.</summary>
    public double RateAt(float score) => At(Rates, score);

    /// <summary>The least score at which the rate is as low, log-linear between points; the last one where it never is.</summary>
    internal float ScoreAt(double rate)
    {
        var next = Array.FindIndex(Rates, of => of <= rate);
        if (next <= 0 || Rates[next] == Rates[next - 1])
            return next < 0 ? Scores[^1] : Scores[next];
        var share = Math.Log(rate / Rates[next - 1]) / Math.Log(Rates[next] / Rates[next - 1]);
        return (float)(Scores[next - 1] + share * (Scores[next] - Scores[next - 1]));
    }

    /// <summary>The bounds at a score.</summary>
    public (double Low, double High) BoundsAt(float score) => (At(Low, score), At(High, score));

    /// <summary>Points on all sides, scores that rise, rates between 0 and 1 that do not.</summary>
    internal bool MakesSense() =>
        References >= 1
        && Scores.Length >= 2
        && Scores.Length == Rates.Length
        && Scores.Length == Low.Length
        && Scores.Length == High.Length
        && Scores.Zip(Scores.Skip(1)).All(pair => pair.First < pair.Second)
        && Rates.Zip(Rates.Skip(1)).All(pair => pair.First >= pair.Second)
        && Rates.Concat(Low).Concat(High).All(rate => rate is > 0 and <= 1);

    private double At(double[] rates, float score)
    {
        if (score <= Scores[0])
            return rates[0];
        if (score >= Scores[^1])
            return Math.Max(Calibration.Floor, rates[^1]);
        var found = Array.BinarySearch(Scores, score);
        var next = found >= 0 ? found : ~found;
        if (Scores[next] == score)
            return Math.Max(Calibration.Floor, rates[next]);
        var share = (score - Scores[next - 1]) / (Scores[next] - Scores[next - 1]);
        return Math.Max(Calibration.Floor, Math.Exp((1 - share) * Math.Log(rates[next - 1]) + share * Math.Log(rates[next])));
    }
}

/// <summary>What the scores of one space mean: measured once on comparisons of different people, kept beside the model.</summary>
public sealed record Calibration
{
    /// <summary>Rates below this can't be told from the comparisons there are.</summary>
    public const double Floor = 1e-6;

    /// <summary>The rate that decides between "found" and "nobody" unless the user sets a threshold.</summary>
    public const double DecidingRate = 1e-4;

    /// <summary>The format's version.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the format.</summary>
    public required int Version { get; init; }

    /// <summary>The space whose scores these are.</summary>
    public required string SpaceKey { get; init; }

    /// <summary>What it was measured on, in words.</summary>
    public required string MeasuredOn { get; init; }

    /// <summary>Comparisons of two different people behind the plain rule.</summary>
    public required long Comparisons { get; init; }

    /// <summary>One curve a rule and number of references.</summary>
    public required IReadOnlyList<CalibrationCurve> Curves { get; init; }

    /// <summary>
    /// SHA-256 of the file's text without this field, 64 lower-case hex digits: a digit that is another than was written would change
    /// what scores mean. Null in files of earlier versions, and once it was checked.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>How calibrations are written.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this with { Sha256 = HashOf(this) }, Json);

    private static string HashOf(Calibration calibration) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(calibration with { Sha256 = null }, Json)));

    /// <summary>Reads a calibration.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="spaceKey">The space whose scores it must be of.</param>
    /// <param name="remake">The command that makes it again.</param>
    /// <exception cref="ArgumentException">Not a calibration, of a newer version, or of another space: one sentence.</exception>
    public static Calibration Parse(string json, string spaceKey, string remake = "sosia eval lfw DIR --calibrate")
    {
        Calibration? read;
        try
        {
            read = JsonSerializer.Deserialize<Calibration>(json, Json);
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The calibration can't be read ({error.Message}); make it again with `{remake}`.", error);
        }
        if (read is not { Version: CurrentVersion } || read.Curves.Count == 0 || !read.Curves.All(curve => curve?.MakesSense() == true))
            throw new ArgumentException($"The calibration is of another version or incomplete; make it again with `{remake}`.");
        if (read.Sha256 is not null && read.Sha256 != HashOf(read))
            throw new ArgumentException($"The calibration is damaged: it does not fit its checksum; make it again with `{remake}`.");
        // One that was made before keys named the landmarks has the key of then.
        if (read.SpaceKey == spaceKey || FormerSpaceKey.Now(read.SpaceKey) == spaceKey)
            return read with { SpaceKey = spaceKey, Sha256 = null };
        throw new ArgumentException(
            $"The calibration belongs to another space: Expected {spaceKey}, got {read.SpaceKey}; make it again with `{remake}`."
        );
    }

    /// <summary>What a score under a rule means.</summary>
    /// <param name="rule">How the score came about.</param>
    /// <param name="references">References behind it, 1 or more.</param>
    /// <param name="score">In [−1, 1].</param>
    /// <returns>Without a rate where this rule was not measured, as on people who have one image each.</returns>
    public ScoreMeaning Meaning(ScoringRule rule, int references, float score)
    {
        if (Around(rule, references) is not var (below, above, share))
            return default;
        var (low, high) = (below.BoundsAt(score), above.BoundsAt(score));
        return new ScoreMeaning(Mix(below.RateAt(score), above.RateAt(score)), Mix(low.Low, high.Low), Mix(low.High, high.High));

        double Mix(double one, double other) => Math.Exp((1 - share) * Math.Log(one) + share * Math.Log(other));
    }

    /// <summary>
    /// The least score at which the false match rate is as low as wanted; 1 where the rule was not measured or the rate is never reached.
    /// </summary>
    public float Threshold(ScoringRule rule, int references, double rate = DecidingRate)
    {
        var (low, high) = (-1f, 1f);
        for (var step = 0; step < 40; step++) // the rate falls with the score
        {
            var middle = (low + high) / 2;
            if (Meaning(rule, references, middle).FalseMatchRate <= rate)
                high = middle;
            else
                low = middle;
        }
        return high;
    }

    /// <summary>
    /// The measured numbers of references on both sides of a number, and where between them it stands; null when the rule was not measured.
    /// </summary>
    private (CalibrationCurve Below, CalibrationCurve Above, double Share)? Around(ScoringRule rule, int references)
    {
        var curves = Curves.Where(curve => curve.Rule == rule).OrderBy(curve => curve.References).ToArray();
        if (curves.Length == 0)
            return null;
        var above = Array.Find(curves, curve => curve.References >= references) ?? curves[^1];
        var below = Array.FindLast(curves, curve => curve.References <= references) ?? curves[0];
        return below.References == above.References
            ? (below, above, 0)
            : (below, above, Math.Log((double)references / below.References) / Math.Log((double)above.References / below.References));
    }
}
