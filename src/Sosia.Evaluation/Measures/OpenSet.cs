namespace Sosia.Evaluation.Measures;

/// <summary>Open-set identification after Best-Rowden et al. 2014: is the probe somebody of the gallery, and who?</summary>
/// <param name="Gallery">People with one image each.</param>
/// <param name="Genuine">Probes of people in the gallery.</param>
/// <param name="Impostors">Probes of people outside it.</param>
/// <param name="DirAtFar1">Detection and identification rate at rank 1 where 1% of the impostors raise a false alarm.</param>
/// <param name="DirAtFar01">The same at 0.1%.</param>
public sealed record OpenSet(int Gallery, int Genuine, int Impostors, double DirAtFar1, double DirAtFar01)
{
    /// <summary>People in the gallery of the protocol.</summary>
    public const int ProtocolGallery = 596;

    private const int Draws = 10;

    /// <summary>Mean over seeded draws of the gallery.</summary>
    /// <param name="rows">All images.</param>
    /// <param name="gallery">People drawn from those with two images or more.</param>
    /// <param name="seed">Of the draws.</param>
    public static OpenSet Measure(LabelledRows rows, int gallery = ProtocolGallery, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var random = new Random(seed);
        var several = rows.People.Where(person => person.Count() >= 2).Select(person => person.ToArray()).ToArray();
        var impostors = rows.People.Where(person => person.Count() == 1).Select(person => person.First()).ToArray();
        gallery = Math.Min(gallery, several.Length);
        var draws = Enumerable.Range(0, Draws).Select(_ => Draw(rows, several, impostors, gallery, random)).ToArray();
        return new OpenSet(gallery, gallery, impostors.Length, draws.Average(draw => draw.At1), draws.Average(draw => draw.At01));
    }

    private static (double At1, double At01) Draw(LabelledRows rows, int[][] several, int[] impostors, int gallery, Random random)
    {
        var people = (int[][])several.Clone();
        random.Shuffle(people);
        var pairs = people
            .Take(gallery)
            .Select(images =>
            {
                var both = (int[])images.Clone();
                random.Shuffle(both);
                return (Gallery: both[0], Probe: both[1]);
            })
            .ToArray();
        int[] enrolled = [.. pairs.Select(pair => pair.Gallery)];

        var alarms = impostors.AsParallel().Select(probe => Best(rows, probe, enrolled).Score).OrderDescending().ToArray();
        var found = pairs
            .AsParallel()
            .Select(pair =>
            {
                var best = Best(rows, pair.Probe, enrolled);
                return best.Row == pair.Gallery ? best.Score : float.NegativeInfinity;
            })
            .ToArray();
        return (Rate(found, alarms, 0.01), Rate(found, alarms, 0.001));
    }

    private static (int Row, float Score) Best(LabelledRows rows, int probe, int[] enrolled)
    {
        var best = (Row: -1, Score: float.NegativeInfinity);
        foreach (var row in enrolled)
        {
            var score = Verification.Score(rows, new Pair(probe, row, false));
            if (score > best.Score)
                best = (row, score);
        }
        return best;
    }

    /// <summary>Share of genuine probes found above the score that lets this share of the impostors through.</summary>
    internal static double Rate(IReadOnlyCollection<float> found, float[] alarmsFalling, double falseAlarms)
    {
        if (alarmsFalling.Length == 0)
            return found.Count(score => score > float.NegativeInfinity) / (double)found.Count;
        var threshold = alarmsFalling[Math.Min(alarmsFalling.Length - 1, (int)(falseAlarms * alarmsFalling.Length))];
        return found.Count(score => score > threshold) / (double)found.Count;
    }
}
