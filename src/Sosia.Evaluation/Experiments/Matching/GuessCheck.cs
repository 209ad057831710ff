namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>
/// How far guesses of gender and age contradict each other: two photos of one person show the same gender, and mostly an age not far apart.
/// </summary>
/// <param name="Faces">Images with a guess.</param>
/// <param name="Male">Share of them that is guessed to be male.</param>
/// <param name="Pairs">Pairs of photos of one person; at most 100 a person, spread evenly.</param>
/// <param name="OtherGender">Share of the pairs whose photos get different genders.</param>
/// <param name="Years">Median difference of the ages of a pair.</param>
public sealed record GuessCheck(int Faces, double Male, int Pairs, double OtherGender, double Years)
{
    private const int MostPairs = 100;

    internal static GuessCheck? Of(FaceGuess[] guesses, ILookup<string, int> people)
    {
        var known = guesses.Where(guess => float.IsFinite(guess.Male)).ToArray();
        if (known.Length == 0)
            return null;
        var pairs = people.SelectMany(person => PairsOf([.. person.Where(row => float.IsFinite(guesses[row].Male))])).ToArray();
        return new GuessCheck(
            known.Length,
            known.Average(guess => (double)guess.Male),
            pairs.Length,
            pairs.Length == 0 ? 0 : pairs.Count(pair => guesses[pair.One].Male != guesses[pair.Other].Male) / (double)pairs.Length,
            Contrast.Median([.. pairs.Select(pair => (double)Math.Abs(guesses[pair.One].Age - guesses[pair.Other].Age))])
        );
    }

    /// <summary>So that the few with hundreds of photos don't speak for all.</summary>
    private static IEnumerable<(int One, int Other)> PairsOf(int[] rows)
    {
        var count = rows.Length * (rows.Length - 1) / 2;
        var taken = Math.Min(count, MostPairs);
        var all = rows.SelectMany((one, i) => rows.Skip(i + 1).Select(other => (one, other))).ToArray();
        return Enumerable.Range(0, taken).Select(i => all[(int)((long)i * count / taken)]);
    }
}
