using System.Numerics.Tensors;
using Sosia.Search.Ranking;

namespace Sosia.Evaluation.Measures;

/// <summary>
/// The six-image protocol with several references instead of one, as a case ranks: by their mean. Every choice of references of everyone
/// with exactly six images is one query; they keep their places among the 20.
/// </summary>
/// <param name="References">References of a query.</param>
/// <param name="Queries">Queries asked.</param>
/// <param name="RecallAt20">Mean share of the person's other images among the top 20.</param>
public sealed record SeveralReferences(int References, int Queries, double RecallAt20)
{
    private const int Top = 20;

    /// <summary>Measures some numbers of references against all rows.</summary>
    /// <param name="rows">All images.</param>
    /// <param name="references">How many each query has, fewer than six.</param>
    /// <returns>Null where nobody has exactly six images.</returns>
    public static IReadOnlyList<SeveralReferences>? Measure(LabelledRows rows, params IReadOnlyList<int> references)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(references);
        int[][] people = [.. rows.People.Select(person => person.ToArray()).Where(images => images.Length == 6)];
        if (people.Length == 0)
            return null;
        return [.. references.Select(count => Measure(rows, people, count))];
    }

    private static SeveralReferences Measure(LabelledRows rows, int[][] people, int count)
    {
        (int[] Chosen, int[] Others)[] queries = [.. people.SelectMany(images => Choices(images, count))];
        var recalls = new double[queries.Length];
        Parallel.For(0, queries.Length, i => recalls[i] = Recall(rows, queries[i].Chosen, queries[i].Others));
        return new SeveralReferences(count, queries.Length, recalls.Average());
    }

    private static double Recall(LabelledRows rows, int[] chosen, int[] others)
    {
        var mean = MeanRow.Of([.. chosen.Select(row => rows.Row(row).ToArray())]);
        var scores = new float[rows.Count];
        for (var row = 0; row < scores.Length; row++)
            scores[row] = TensorPrimitives.Dot<float>(mean, rows.Row(row));
        return others.Count(other => scores.Index().Count(row => row.Item > scores[other]) < Top) / (double)others.Length;
    }

    /// <summary>All ways to choose some of a person's images.</summary>
    private static IEnumerable<(int[] Chosen, int[] Others)> Choices(int[] images, int count) =>
        from bits in Enumerable.Range(0, 1 << images.Length)
        where int.PopCount(bits) == count
        select (images.Where((_, i) => (bits >> i & 1) != 0).ToArray(), images.Where((_, i) => (bits >> i & 1) == 0).ToArray());
}
