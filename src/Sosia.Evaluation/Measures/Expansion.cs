using Sosia.Search;

namespace Sosia.Evaluation.Measures;

/// <summary>Query expansion of all rows at once: what both sides of every comparison become.</summary>
public static class Expansion
{
    /// <summary>Every row expanded by its nearest others among all rows.</summary>
    public static LabelledRows Expand(LabelledRows rows, int neighbours = QueryExpansion.Neighbours)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var expanded = (float[])rows.Rows.Clone();
        Similarities.ForEach(rows, [.. Enumerable.Range(0, rows.Count)], (row, scores) =>
        {
            scores[row] = float.NegativeInfinity;
            QueryExpansion.Expand(expanded.AsSpan(row * rows.Dimensions, rows.Dimensions),
                [.. Nearest(scores, neighbours).Select(near => ((ReadOnlyMemory<float>)rows.Rows.AsMemory(near * rows.Dimensions, rows.Dimensions), scores[near]))]);
        });
        return rows.With(expanded);
    }

    private static List<int> Nearest(float[] scores, int count)
    {
        var nearest = new List<int>(count + 1);
        for (var i = 0; i < scores.Length; i++)
        {
            if (nearest.Count == count && scores[i] <= scores[nearest[^1]]) continue;
            var at = nearest.FindIndex(other => scores[i] > scores[other]);
            nearest.Insert(at < 0 ? nearest.Count : at, i);
            if (nearest.Count > count) nearest.RemoveAt(count);
        }
        return nearest;
    }
}
