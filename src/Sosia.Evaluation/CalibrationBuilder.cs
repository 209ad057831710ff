using Sosia.Evaluation.Measures;
using Sosia.Search;

namespace Sosia.Evaluation;

/// <summary>Measures false match rates on all comparisons of different people, with bounds by bootstrap over people.</summary>
public sealed class CalibrationBuilder
{
    /// <summary>Width of a bin is 2 / Bins.</summary>
    private const int Bins = 8000;
    private const int Replicates = 100;
    private const int PointsADecade = 10;

    private static readonly int[] ReferenceCounts = [2, 3, 5];

    private readonly LabelledRows _rows;
    private readonly int[] _person;
    private readonly float[][] _weights;

    /// <param name="rows">Embeddings of known people.</param>
    /// <param name="seed">Of the bootstrap and of the choice of references.</param>
    public CalibrationBuilder(LabelledRows rows, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows = rows;
        var numbers = rows.People.Select((person, number) => (person.Key, number)).ToDictionary(pair => pair.Key, pair => pair.number, StringComparer.Ordinal);
        _person = [.. rows.Labels.Select(label => numbers[label])];
        _weights = BootstrapWeights(numbers.Count, new Random(seed));
    }

    /// <summary>Curves for every scoring rule.</summary>
    /// <param name="spaceKey">The space of the rows.</param>
    /// <param name="measuredOn">What they are, in words.</param>
    public Calibration Build(string spaceKey, string measuredOn)
    {
        var plain = new Histogram();
        AllPairs(_rows, plain);
        var expanded = new Histogram();
        AllPairs(Expansion.Expand(_rows), expanded);
        var curves = new List<CalibrationCurve> { plain.Curve(ScoringRule.Plain, 1), expanded.Curve(ScoringRule.Expanded, 1) };
        foreach (var count in ReferenceCounts)
        {
            var (best, mean) = (new Histogram(), new Histogram());
            SeveralReferences(count, best, mean);
            if (best.Comparisons == 0) continue;
            curves.Add(best.Curve(ScoringRule.Best, count));
            curves.Add(mean.Curve(ScoringRule.Mean, count));
        }
        return new Calibration { Version = Calibration.CurrentVersion, SpaceKey = spaceKey, MeasuredOn = measuredOn, Comparisons = plain.Comparisons, Curves = curves };
    }

    /// <summary>The plain curve alone, of some of the people: for checking on others.</summary>
    public CalibrationCurve Plain()
    {
        var plain = new Histogram();
        AllPairs(_rows, plain);
        return plain.Curve(ScoringRule.Plain, 1);
    }

    /// <summary>Every pair of different people once.</summary>
    private void AllPairs(LabelledRows rows, Histogram into)
    {
        var used = Used();
        Similarities.ForEach(rows, used, (query, scores) =>
        {
            var (person, local) = (_person[query], new Histogram.Row());
            foreach (var other in used)
                if (other > query && _person[other] != person) local.Add(scores[other], _person[other]);
            into.Add(local, _weights, person);
        });
    }

    /// <summary>Sets of images of one person against everyone else's images.</summary>
    private void SeveralReferences(int count, Histogram best, Histogram mean)
    {
        var random = new Random(count);
        var used = Used();
        var sets = _rows.People.Select(person => person.ToArray()).Where(images => images.Length >= count).Select(images =>
        {
            random.Shuffle(images);
            return images[..count];
        }).ToArray();
        Parallel.ForEach(sets, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, set =>
        {
            var scores = set.Select(reference => Scores(_rows.Row(reference), used)).ToArray();
            var sum = new float[_rows.Dimensions];
            foreach (var reference in set)
                for (var i = 0; i < sum.Length; i++) sum[i] += _rows.Row(reference)[i];
            var length = MathF.Sqrt(sum.Sum(value => value * value));
            var (person, bestRow, meanRow) = (_person[set[0]], new Histogram.Row(), new Histogram.Row());
            for (var i = 0; i < used.Length; i++)
            {
                if (_person[used[i]] == person) continue;
                bestRow.Add(scores.Max(of => of[i]), _person[used[i]]);
                meanRow.Add(scores.Sum(of => of[i]) / length, _person[used[i]]); // the mean's cosine, from the references' own
            }
            best.Add(bestRow, _weights, person);
            mean.Add(meanRow, _weights, person);
        });
    }

    private float[] Scores(ReadOnlySpan<float> reference, int[] others)
    {
        var scores = new float[others.Length];
        for (var i = 0; i < others.Length; i++) scores[i] = System.Numerics.Tensors.TensorPrimitives.Dot(reference, _rows.Row(others[i]));
        return scores;
    }

    /// <summary>Images with a usable face.</summary>
    private int[] Used() => [.. Enumerable.Range(0, _rows.Count).Where(row => _rows.Row(row).ContainsAnyExcept(0f))];

    /// <summary>How often each person was drawn in each replicate: people are drawn, not images, since a person's images go together.</summary>
    private static float[][] BootstrapWeights(int people, Random random)
    {
        var weights = new float[people][];
        for (var person = 0; person < people; person++) weights[person] = new float[Replicates];
        for (var replicate = 0; replicate < Replicates; replicate++)
        for (var draw = 0; draw < people; draw++)
            weights[random.Next(people)][replicate]++;
        return weights;
    }

    /// <summary>Counts of scores, as they are and in every replicate of the bootstrap.</summary>
    private sealed class Histogram
    {
        private readonly long[] _counts = new long[Bins];
        private readonly double[][] _replicates = [.. Enumerable.Range(0, Bins).Select(_ => new double[Replicates])];

        public long Comparisons { get; private set; }

        /// <summary>The comparisons of one image or one set of references, gathered before they are added under a lock.</summary>
        public sealed class Row
        {
            public List<(int Bin, int Person)> Scores { get; } = [];

            public void Add(float score, int person) => Scores.Add((Math.Clamp((int)((score + 1) * Bins / 2), 0, Bins - 1), person));
        }

        public void Add(Row row, float[][] weights, int person)
        {
            var mine = weights[person];
            lock (_counts)
            {
                Comparisons += row.Scores.Count;
                foreach (var (bin, other) in row.Scores)
                {
                    _counts[bin]++;
                    var (sums, theirs) = (_replicates[bin], weights[other]);
                    for (var i = 0; i < Replicates; i++) sums[i] += mine[i] * theirs[i];
                }
            }
        }

        /// <summary>Scores at falling rates, ten to a decade down to the floor.</summary>
        public CalibrationCurve Curve(ScoringRule rule, int references)
        {
            var rates = Falling(bin => _counts[bin], Comparisons);
            var replicated = Enumerable.Range(0, Replicates).Select(i =>
            {
                var all = _replicates.Sum(sums => sums[i]);
                return Falling(bin => _replicates[bin][i], Math.Max(all, 1));
            }).ToArray();

            var bins = new List<int>();
            for (var bin = 0; bin < Bins && rates[bin] >= Calibration.Floor; bin++)
                if (bins.Count == 0 || rates[bin] <= rates[bins[^1]] * Math.Pow(10, -1.0 / PointsADecade)) bins.Add(bin);
            var bounds = bins.Select(bin =>
            {
                var sorted = replicated.Select(of => of[bin]).Order().ToArray();
                return (Low: Math.Min(rates[bin], sorted[(int)(0.025 * Replicates)]), High: Math.Max(rates[bin], sorted[(int)(0.975 * Replicates)]));
            }).ToArray();
            return new CalibrationCurve(rule, references,
                [.. bins.Select(bin => (float)(2.0 * bin / Bins - 1))], [.. bins.Select(bin => Math.Round(rates[bin], 9))],
                [.. bounds.Select(bound => Math.Max(Calibration.Floor, Math.Round(bound.Low, 9)))], [.. bounds.Select(bound => Math.Round(bound.High, 9))]);
        }

        /// <summary>Share of all comparisons in a bin or above it.</summary>
        private static double[] Falling(Func<int, double> count, double all)
        {
            var rates = new double[Bins];
            var above = 0.0;
            for (var bin = Bins - 1; bin >= 0; bin--) rates[bin] = (above += count(bin)) / all;
            return rates;
        }
    }
}
