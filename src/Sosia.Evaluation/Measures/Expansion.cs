using Sosia.Search.Ranking;

namespace Sosia.Evaluation.Measures;

/// <summary>Query expansion of all rows at once: what both sides of every comparison become.</summary>
public static class Expansion
{
    /// <summary>Every row expanded by its nearest others among all rows, as a search expands the query and the candidates.</summary>
    public static LabelledRows Expand(
        LabelledRows rows,
        int neighbours = QueryExpansion.Neighbours,
        float least = QueryExpansion.LeastCosine
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        var expanded = (float[])rows.Rows.Clone();
        Similarities.ForEach(
            rows,
            [.. Enumerable.Range(0, rows.Count)],
            (row, scores) =>
            {
                scores[row] = float.NegativeInfinity;
                QueryExpansion.Expand(
                    expanded.AsSpan(row * rows.Dimensions, rows.Dimensions),
                    new NearestRows(neighbours, least).Offer(scores),
                    near => rows.Rows.AsSpan(near * rows.Dimensions, rows.Dimensions)
                );
            }
        );
        return rows.With(expanded);
    }
}
