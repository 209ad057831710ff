using System.Numerics;
using Sosia.Search.Ranking;

namespace Sosia.Search.Calibrating;

/// <summary>
/// Counts of scores of different people, as they are and in every replicate of a bootstrap over people. Used by one thread, then merged.
/// </summary>
internal sealed class ImpostorHistogram(float[][] weights)
{
    /// <summary>Width of a bin is 2 / Bins.</summary>
    private const int Bins = 8000;
    private const int PointsADecade = 10;

    private readonly long[] _counts = new long[Bins];

    // Sums of products of small whole numbers: exact in a float up to 2²⁴, so that the order of adding does not matter.
    private readonly float[] _replicates = new float[Bins * weights[0].Length];

    /// <summary>Replicates of the bootstrap.</summary>
    public int Replicates => weights[0].Length;

    public long Comparisons { get; private set; }

    /// <summary>
    /// How often each person was drawn in each replicate: people are drawn, not images, since a person's images go together (Poh and Bengio
    /// 2007).
    /// </summary>
    public static float[][] DrawPeople(int people, int replicates, int seed)
    {
        var random = new Random(seed);
        var weights = new float[people][];
        for (var person = 0; person < people; person++)
            weights[person] = new float[replicates];
        for (var replicate = 0; replicate < replicates; replicate++)
        for (var draw = 0; draw < people; draw++)
            weights[random.Next(people)][replicate]++;
        return weights;
    }

    /// <summary>A score of two different people.</summary>
    public void Add(float score, int person, int other)
    {
        var bin = Math.Clamp((int)((score + 1) * Bins / 2), 0, Bins - 1);
        _counts[bin]++;
        Comparisons++;
        float[] mine = weights[person],
            theirs = weights[other];
        var sums = _replicates.AsSpan(bin * mine.Length, mine.Length);
        for (var i = 0; i <= mine.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector
                .FusedMultiplyAdd(new Vector<float>(mine, i), new Vector<float>(theirs, i), new Vector<float>(sums[i..]))
                .CopyTo(sums[i..]);
    }

    public void Merge(ImpostorHistogram other)
    {
        Comparisons += other.Comparisons;
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        for (var i = 0; i < _replicates.Length; i++)
            _replicates[i] += other._replicates[i];
    }

    /// <summary>Scores at falling rates, ten to a decade down to the floor.</summary>
    public CalibrationCurve Curve(ScoringRule rule, int references)
    {
        var rates = Falling(bin => _counts[bin]);
        var replicated = Enumerable.Range(0, Replicates).Select(i => Falling(bin => _replicates[bin * Replicates + i])).ToArray();
        var bins = new List<int>();
        for (var bin = 0; bin < Bins && rates[bin] > 0 && (bins.Count == 0 || rates[bins[^1]] > Calibration.Floor); bin++)
            if (bins.Count == 0 || rates[bin] <= rates[bins[^1]] * Math.Pow(10, -1.0 / PointsADecade))
                bins.Add(bin);
        var bounds = bins.Select(bin =>
            {
                if (Replicates == 0)
                    return (Low: rates[bin], High: rates[bin]);
                var sorted = replicated.Select(of => of[bin]).Order().ToArray();
                return (
                    Low: Math.Min(rates[bin], sorted[(int)(0.025 * Replicates)]),
                    High: Math.Max(rates[bin], sorted[(int)(0.975 * Replicates)])
                );
            })
            .ToArray();
        return new CalibrationCurve(
            rule,
            references,
            [.. bins.Select(bin => (float)(2.0 * bin / Bins - 1))],
            [.. bins.Select(bin => Math.Max(Calibration.Floor, Round(rates[bin])))],
            [.. bounds.Select(bound => Math.Max(Calibration.Floor, Round(bound.Low)))],
            [.. bounds.Select(bound => Math.Max(Calibration.Floor, Round(bound.High)))]
        );
    }

    /// <summary>
    /// The rate found by one replicate at the score where another states a rate: with the weights of two halves of the people, stated
    /// against measured. Not a number where no score has so low a rate: a network that tells nobody apart.
    /// </summary>
    public double Measured(int stating, int measuring, double rate)
    {
        var (stated, measured) = (
            Falling(bin => _replicates[bin * Replicates + stating]),
            Falling(bin => _replicates[bin * Replicates + measuring])
        );
        var at = Array.FindIndex(stated, share => share <= rate);
        return at < 0 || stated[at] == 0 ? double.NaN : rate / stated[at] * measured[at];
    }

    /// <summary>For falling rates the score at which the share of comparisons first is as low; 1 where none has so low a rate.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="replicate">By a replicate of the bootstrap; null by the comparisons as they are.</param>
    public double[] ScoresAt(IReadOnlyList<double> rates, int? replicate = null)
    {
        var shares = replicate is { } number ? Falling(bin => _replicates[bin * Replicates + number]) : Falling(bin => _counts[bin]);
        return [.. rates.Select(rate => Array.FindIndex(shares, share => share <= rate) is >= 0 and var bin ? 2.0 * bin / Bins - 1 : 1)];
    }

    /// <summary>Share of all comparisons in a bin or above it.</summary>
    private static double[] Falling(Func<int, double> count)
    {
        var rates = new double[Bins];
        var above = 0.0;
        for (var bin = Bins - 1; bin >= 0; bin--)
            rates[bin] = above += count(bin);
        if (above > 0)
            for (var bin = 0; bin < Bins; bin++)
                rates[bin] /= above;
        return rates;
    }

    private static double Round(double rate) => Math.Round(rate, 9);
}
