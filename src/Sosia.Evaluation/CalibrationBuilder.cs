using System.Numerics.Tensors;
using Sosia.Evaluation.Measures;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.Evaluation;

/// <summary>Measures false match rates on all comparisons of different people, with bounds by bootstrap over people.</summary>
public sealed class CalibrationBuilder
{
    /// <summary>A multiple of every vector's length.</summary>
    private const int Replicates = 128;

    private static readonly int[] ReferenceCounts = [2, 3, 5];

    private readonly LabelledRows _rows;
    private readonly int[] _person;
    private readonly int[] _used;
    private readonly float[][] _weights;

    /// <param name="rows">Embeddings of known people; images without a usable face are left out.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public CalibrationBuilder(LabelledRows rows, int seed = 1)
        : this(rows, people => ImpostorHistogram.DrawPeople(people, Replicates, seed)) { }

    /// <param name="rows">As above.</param>
    /// <param name="weights">Given the number of people, how much each counts in each replicate; a multiple of 16 replicates.</param>
    internal CalibrationBuilder(LabelledRows rows, Func<int, float[][]> weights)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows = rows;
        var numbers = rows
            .People.Select((person, number) => (person.Key, number))
            .ToDictionary(pair => pair.Key, pair => pair.number, StringComparer.Ordinal);
        _person = [.. rows.Labels.Select(label => numbers[label])];
        _used = [.. Enumerable.Range(0, rows.Count).Where(row => rows.Row(row).ContainsAnyExcept(0f))];
        _weights = weights(numbers.Count);
    }

    /// <summary>Curves for every scoring rule.</summary>
    /// <param name="spaceKey">The space of the rows.</param>
    /// <param name="measuredOn">What they are, in words.</param>
    /// <param name="expanded">The same rows expanded, where they have been made already.</param>
    /// <exception cref="ArgumentException">All images show one person.</exception>
    public Calibration Build(string spaceKey, string measuredOn, LabelledRows? expanded = null)
    {
        if (_used.Select(row => _person[row]).Distinct().Take(2).Count() < 2)
            throw new ArgumentException(
                "A calibration needs images of two people or more: it is made from comparisons of different people."
            );
        var plain = AllPairs(_rows);
        var curves = new List<CalibrationCurve>
        {
            plain.Curve(ScoringRule.Plain, 1),
            AllPairs(expanded ?? Expansion.Expand(_rows)).Curve(ScoringRule.Expanded, 1),
        };
        foreach (var count in ReferenceCounts)
        {
            var (best, mean) = SeveralReferences(count);
            if (best.Comparisons == 0)
                continue;
            curves.Add(best.Curve(ScoringRule.Best, count));
            curves.Add(mean.Curve(ScoringRule.Mean, count));
        }
        return new Calibration
        {
            Version = Calibration.CurrentVersion,
            SpaceKey = spaceKey,
            MeasuredOn = measuredOn,
            Comparisons = plain.Comparisons,
            Curves = curves,
        };
    }

    /// <summary>Every pair of different people once.</summary>
    /// <param name="rows">The builder's own, or the same expanded.</param>
    internal ImpostorHistogram AllPairs(LabelledRows rows)
    {
        using var histograms = new ThreadLocal<ImpostorHistogram>(() => new(_weights), trackAllValues: true);
        Similarities.ForEach(rows, _used, (query, scores) =>
        {
            var (person, histogram) = (_person[query], histograms.Value!);
            for (var i = Array.BinarySearch(_used, query) + 1; i < _used.Length; i++)
                if (_person[_used[i]] != person)
                    histogram.Add(scores[_used[i]], person, _person[_used[i]]);
        });
        return Merged(histograms.Values);
    }

    /// <summary>Sets of images of one person against everyone else's images.</summary>
    private (ImpostorHistogram Best, ImpostorHistogram Mean) SeveralReferences(int count)
    {
        var random = new Random(count);
        var sets = _used
            .GroupBy(row => _person[row])
            .Select(person => person.ToArray())
            .Where(images => images.Length >= count)
            .Select(images =>
            {
                random.Shuffle(images);
                return images[..count];
            })
            .ToArray();
        using var histograms = new ThreadLocal<(ImpostorHistogram Best, ImpostorHistogram Mean)>(
            () => (new(_weights), new(_weights)),
            trackAllValues: true
        );
        Parallel.ForEach(sets, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, set =>
        {
            var (best, mean) = histograms.Value;
            var scores = set.Select(Scores).ToArray();
            var sum = new float[_rows.Dimensions];
            foreach (var reference in set)
                TensorPrimitives.Add(sum, _rows.Row(reference), sum);
            var (person, length) = (_person[set[0]], TensorPrimitives.Norm<float>(sum));
            for (var i = 0; i < _used.Length; i++)
            {
                var other = _person[_used[i]];
                if (other == person)
                    continue;
                best.Add(scores.Max(of => of[i]), person, other);
                mean.Add(scores.Sum(of => of[i]) / length, person, other); // the mean's cosine, from the references' own
            }
        });
        return (Merged(histograms.Values.Select(both => both.Best)), Merged(histograms.Values.Select(both => both.Mean)));
    }

    private ImpostorHistogram Merged(IEnumerable<ImpostorHistogram> parts)
    {
        var all = new ImpostorHistogram(_weights);
        foreach (var part in parts)
            all.Merge(part);
        return all;
    }

    private float[] Scores(int reference)
    {
        var scores = new float[_used.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = TensorPrimitives.Dot(_rows.Row(reference), _rows.Row(_used[i]));
        return scores;
    }
}
