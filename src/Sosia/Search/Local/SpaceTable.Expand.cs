using System.Numerics.Tensors;
using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Search.Local;

internal sealed partial class SpaceTable
{
    /// <summary>Rows that are multiplied with a block of candidates before the next ones are fetched: half a megabyte.</summary>
    private const int Chunk = 256;

    private const int Block = 32;

    /// <summary>Stands for the query among the neighbours of a row, where the collection does not hold its photo.</summary>
    private const int QueryItself = -1;

    /// <summary>
    /// The index ties what is equal to six decimals: so many more rows than are wanted, and the nearest of them chosen by all digits.
    /// </summary>
    private const int MoreThanWanted = 5;

    /// <summary>Ranks by the expanded score: the best photos by the plain one are ranked again, the others follow as they were.</summary>
    /// <param name="query">Unit row.</param>
    /// <param name="own">The query's own photo, which says nothing new of the person; null when it is not in the collection.</param>
    /// <param name="allowed">Only these photos are ranked; null for all. Neighbours come from all.</param>
    /// <param name="candidates">Photos ranked again.</param>
    /// <param name="others">Whether the others are wanted at all.</param>
    public PhotoScore[] RankExpanded(float[] query, PhotoId? own, IReadOnlySet<PhotoId>? allowed, int candidates, bool others = true)
    {
        var ranked = (others ? null : Best([query], allowed, candidates)) ?? Rank([query], allowed);
        var again = ranked[..Math.Min(candidates, ranked.Length)];
        var expanded = Expanded(query, own);
        var rows = new float[again.Length * Dimensions];
        for (var i = 0; i < again.Length; i++)
            Row(again[i].Row).CopyTo(rows.AsSpan(i * Dimensions));
        var nearest = _index is null ? NearestByScan(again, rows) : NearestByIndex(again, rows);
        for (var i = 0; i < again.Length; i++)
        {
            if (own is null)
                nearest[i].Offer(QueryItself, again[i].Score); // as if it had been indexed: the calibration was made so
            var row = rows.AsSpan(i * Dimensions, Dimensions);
            QueryExpansion.Expand(row, nearest[i], near => near == QueryItself ? query : Row(near));
            again[i] = again[i] with { Score = TensorPrimitives.Dot(row, expanded) };
        }
        Array.Sort(again, Falling);
        return [.. again, .. ranked[again.Length..]];
    }

    private static SearchRequest Near { get; } =
        new() { K = QueryExpansion.Neighbours + MoreThanWanted, Radius = -QueryExpansion.LeastCosine + 1e-5f };

    private float[] Expanded(float[] query, PhotoId? own)
    {
        var nearest = new NearestRows();
        if (_index is null)
        {
            for (var row = 0; row < _rows.Count; row++)
                if (Photo(row) != own && IsThere(row))
                    nearest.Offer(row, TensorPrimitives.Dot(query, Row(row)));
        }
        else
            foreach (var near in _index.Search(query, Near with { Threads = Threads, Where = row => Photo(row) != own }))
                nearest.Offer(near.Row, TensorPrimitives.Dot(query, Row(near.Row)));
        var expanded = (float[])query.Clone();
        QueryExpansion.Expand(expanded, nearest, Row);
        return expanded;
    }

    private NearestRows[] NearestByIndex(PhotoScore[] candidates, float[] rows)
    {
        var found = _index!.SearchAll(new ArrayRows(rows, Dimensions), Near with { K = Near.K + 1, Threads = Environment.ProcessorCount });
        var nearest = new NearestRows[candidates.Length];
        for (var i = 0; i < nearest.Length; i++)
        {
            nearest[i] = new NearestRows();
            foreach (var near in found[i])
                if (near.Row != candidates[i].Row)
                    nearest[i].Offer(near.Row, Dot(rows.AsSpan(i * Dimensions, Dimensions), Row(near.Row)));
        }
        return nearest;
    }

    private NearestRows[] NearestByScan(PhotoScore[] candidates, float[] rows)
    {
        var nearest = new NearestRows[candidates.Length];
        Parallel.For(
            0,
            (candidates.Length + Block - 1) / Block,
            block =>
            {
                var (from, count) = (block * Block, Math.Min(Block, candidates.Length - block * Block));
                NearestOf(candidates.AsSpan(from, count), rows.AsSpan(from * Dimensions, count * Dimensions)).CopyTo(nearest, from);
            }
        );
        return nearest;
    }

    private NearestRows[] NearestOf(ReadOnlySpan<PhotoScore> candidates, ReadOnlySpan<float> rows)
    {
        var nearest = Enumerable.Range(0, candidates.Length).Select(_ => new NearestRows()).ToArray();
        var cosines = Enumerable.Range(0, candidates.Length).Select(_ => new float[Chunk]).ToArray();
        var chunk = new float[Chunk * Dimensions];
        for (var first = 0; first < _rows.Count; first += Chunk)
        {
            var here = Math.Min(Chunk, _rows.Count - first);
            for (var i = 0; i < here; i++)
                Row(first + i).CopyTo(chunk.AsSpan(i * Dimensions));
            RowProducts.Fill(rows, chunk.AsSpan(0, here * Dimensions), Dimensions, cosines);
            for (var i = 0; i < candidates.Length; i++)
            {
                for (var row = 0; row < here; row++)
                    if (first + row == candidates[i].Row || !IsThere(first + row))
                        cosines[i][row] = float.NegativeInfinity;
                nearest[i].Offer(cosines[i].AsSpan(0, here), first);
            }
        }
        return nearest;
    }

    private static int Falling(PhotoScore one, PhotoScore other) =>
        one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Photo.Value.CompareTo(other.Photo.Value);
}
