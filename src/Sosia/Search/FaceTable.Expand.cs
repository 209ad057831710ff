using System.Numerics.Tensors;
using Sosia.Storage;

namespace Sosia.Search;

internal sealed partial class FaceTable
{
    /// <summary>Rows that are multiplied with a block of candidates before the next ones are fetched: half a megabyte.</summary>
    private const int Chunk = 256;

    private const int Block = 32;

    /// <summary>Stands for the query among the neighbours of a row, where the collection does not hold its photo.</summary>
    private const int QueryItself = -1;

    /// <summary>Ranks by the expanded score: the best photos by the plain one are ranked again, the others follow as they were.</summary>
    /// <param name="query">Unit row.</param>
    /// <param name="own">The query's own photo, which says nothing new of the person; null when it is not in the collection.</param>
    /// <param name="allowed">Only these photos are ranked; null for all. Neighbours come from all.</param>
    /// <param name="candidates">Photos ranked again.</param>
    public PhotoScore[] RankExpanded(float[] query, PhotoId? own, IReadOnlySet<PhotoId>? allowed, int candidates)
    {
        var ranked = Rank([query], allowed);
        var again = ranked[..Math.Min(candidates, ranked.Length)];
        var expanded = Expanded(query, own);
        Parallel.For(0, (again.Length + Block - 1) / Block, block =>
        {
            var part = again.AsSpan(block * Block, Math.Min(Block, again.Length - block * Block));
            Rescore(part, expanded, query, own is null);
        });
        Array.Sort(again, Falling);
        return [.. again, .. ranked[again.Length..]];
    }

    private float[] Expanded(float[] query, PhotoId? own)
    {
        var nearest = new NearestRows();
        for (var row = 0; row < Count; row++)
            if (table.Photos[row] != own) nearest.Offer(row, TensorPrimitives.Dot(query, Row(row)));
        var expanded = (float[])query.Clone();
        QueryExpansion.Expand(expanded, nearest, RowOf);
        return expanded;
    }

    /// <summary>Expands some candidates by their nearest rows, and scores them anew.</summary>
    private void Rescore(Span<PhotoScore> candidates, float[] expandedQuery, float[] query, bool queryIsNew)
    {
        var rows = new float[candidates.Length * table.Dimensions];
        for (var i = 0; i < candidates.Length; i++) Row(candidates[i].Row).CopyTo(rows.AsSpan(i * table.Dimensions));
        var nearest = NearestOf(candidates, rows);
        for (var i = 0; i < candidates.Length; i++)
        {
            if (queryIsNew) nearest[i].Offer(QueryItself, candidates[i].Score); // as if it had been indexed: the calibration was made so
            var row = rows.AsSpan(i * table.Dimensions, table.Dimensions);
            QueryExpansion.Expand(row, nearest[i], near => near == QueryItself ? query : RowOf(near));
            candidates[i] = candidates[i] with { Score = TensorPrimitives.Dot(row, expandedQuery) };
        }
    }

    private NearestRows[] NearestOf(ReadOnlySpan<PhotoScore> candidates, float[] rows)
    {
        var nearest = Enumerable.Range(0, candidates.Length).Select(_ => new NearestRows()).ToArray();
        var cosines = Enumerable.Range(0, candidates.Length).Select(_ => new float[Chunk]).ToArray();
        for (var first = 0; first < Count; first += Chunk)
        {
            var here = Math.Min(Chunk, Count - first);
            RowProducts.Fill(rows, table.Rows.AsSpan(first * table.Dimensions, here * table.Dimensions), table.Dimensions, cosines);
            for (var i = 0; i < candidates.Length; i++)
            {
                if (candidates[i].Row - first is >= 0 and var self && self < here) cosines[i][self] = float.NegativeInfinity;
                nearest[i].Offer(cosines[i].AsSpan(0, here), first);
            }
        }
        return nearest;
    }

    private ReadOnlyMemory<float> RowOf(int row) => table.Rows.AsMemory(row * table.Dimensions, table.Dimensions);

    private static int Falling(PhotoScore one, PhotoScore other) =>
        one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Photo.Value.CompareTo(other.Photo.Value);
}
