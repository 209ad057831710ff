using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>The nearest rows: by the index where there is one, else by a scan.</summary>
internal sealed partial class VectorTable
{
    /// <summary>Beyond this many rows, and this share of all, a scan costs no more than the index.</summary>
    private const int MostByIndex = 1000,
        ShareByIndex = 32;

    /// <summary>Tables of this size are searched by all cores; smaller ones are done before the others wake.</summary>
    private const int RowsForAllCores = 300_000;

    /// <summary>
    /// The index ties what is equal to six decimals: so many more rows than are wanted, the nearest chosen by all digits.
    /// </summary>
    private const int MoreThanWanted = 5;

    /// <summary>
    /// What the index's float64 scores and ours may differ by, its rounding to six decimals included, as a share of a score of 1 or more.
    /// </summary>
    private const double Slack = 4e-6;

    /// <summary>Rows that are multiplied with a block of vectors before the next ones are fetched: half a megabyte.</summary>
    private const int Chunk = 256;

    private const int Block = 32;

    /// <inheritdoc cref="IVectorSearch.NearestAsync"/>
    public VectorHit[][] Nearest(IReadOnlyList<float[]> vectors, int count, RowSet? allowed, float least, CancellationToken cancellation)
    {
        if (_index is not null && count <= Math.Max(MostByIndex, _rows.Count / ShareByIndex))
            return NearestByIndex(vectors, count, allowed, least, cancellation);
        return vectors.Count < Block / 2 || count > MostByIndex
            ? [.. vectors.Select(vector => NearestByScan(vector, count, allowed, least, cancellation))]
            : NearestByScan(vectors, count, allowed, least, cancellation);
    }

    private int Threads => _rows.Count >= RowsForAllCores ? Environment.ProcessorCount : 1;

    private VectorHit[][] NearestByIndex(
        IReadOnlyList<float[]> vectors,
        int count,
        RowSet? allowed,
        float least,
        CancellationToken cancellation
    )
    {
        var request = new SearchRequest
        {
            K = count + MoreThanWanted,
            Radius = float.IsNegativeInfinity(least) ? null : (float)(Slack - least),
            Allowed = allowed,
            Threads = Threads,
        };
        if (vectors.Count == 1)
            return [NearestByIndex(vectors[0], _index!.Search(vectors[0], request, cancellation), request, count, least, cancellation)];
        var flat = new float[vectors.Count * Dimensions];
        for (var i = 0; i < vectors.Count; i++)
            vectors[i].CopyTo(flat, i * Dimensions);
        var found = _index!.SearchAll(new ArrayRows(flat, Dimensions), request with { Threads = Environment.ProcessorCount }, cancellation);
        return [.. vectors.Select((vector, i) => NearestByIndex(vector, found[i], request, count, least, cancellation))];
    }

    /// <summary>
    /// Orders what the index found by all digits, and asks it for more until no row that was left out can belong to the best.
    /// </summary>
    private VectorHit[] NearestByIndex(
        float[] vector,
        Neighbor[] found,
        SearchRequest request,
        int count,
        float least,
        CancellationToken cancellation
    )
    {
        for (var more = request.K; ; )
        {
            var hits = new List<VectorHit>(found.Length);
            foreach (var near in found)
                Take(hits, near.Row, Similarity.Of(vector, Row(near.Row)), least);
            hits.Sort(BestFirst);
            var all = found.Length < more || found.Length == _rows.Count;
            if (all || (hits.Count >= count && hits[count - 1].Score > BestLeftOut(found[^1].Distance)))
                return [.. hits.Take(count)];
            more = (int)Math.Min(4L * more, int.MaxValue);
            found = _index!.Search(vector, request with { K = more }, cancellation);
        }
    }

    /// <summary>No row that the index left out scores higher, for the distance of the last one that it found.</summary>
    private static double BestLeftOut(double distance) => Slack * Math.Max(1, Math.Abs(distance)) - distance;

    private VectorHit[] NearestByScan(float[] vector, int count, RowSet? allowed, float least, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var scores = new float[_rows.Count];
        Cosines(vector, scores);
        var keys = new ulong[scores.Length];
        var kept = 0;
        for (var row = 0; row < scores.Length; row++)
            if (scores[row] > least && IsThere(row) && allowed?.Contains(row) != false)
                keys[kept++] = KeyOf(scores[row], row);
        Array.Sort(keys, 0, kept);
        var wanted = Math.Min(count, kept);
        var end = wanted;
        while (end > 0 && end < kept && keys[end] >> 32 == keys[end - 1] >> 32)
            end++; // as good as the last one wanted, and its owner's number may be lower
        var hits = new VectorHit[end];
        for (var i = 0; i < end; i++)
        {
            var row = (int)(uint)keys[i];
            hits[i] = new VectorHit(Photo(row), Owner(row), scores[row]);
        }
        SortEqualScores(hits);
        return end == wanted ? hits : hits[..wanted];
    }

    /// <summary>A row that was replaced stands behind the others, so the order of rows is not that of their owners.</summary>
    private static void SortEqualScores(Span<VectorHit> hits)
    {
        for (var first = 0; first < hits.Length; )
        {
            var end = first + 1;
            while (end < hits.Length && hits[end].Score == hits[first].Score)
                end++;
            if (end - first > 1)
                hits[first..end].Sort(BestFirst);
            first = end;
        }
    }

    /// <summary>
    /// One number to sort by: the score turned into an integer that rises as it falls, as IEEE 754 orders floats, then the row.
    /// </summary>
    private static ulong KeyOf(float score, int row)
    {
        var bits = BitConverter.SingleToUInt32Bits(score + 0f); // −0 is 0
        var rising = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return (ulong)~rising << 32 | (uint)row;
    }

    /// <summary>Many vectors at once: a row that was fetched is multiplied with all of a block.</summary>
    private VectorHit[][] NearestByScan(
        IReadOnlyList<float[]> vectors,
        int count,
        RowSet? allowed,
        float least,
        CancellationToken cancellation
    )
    {
        var nearest = new VectorHit[vectors.Count][];
        var blocks = (vectors.Count + Block - 1) / Block;
        Parallel.For(
            0,
            blocks,
            new ParallelOptions { CancellationToken = cancellation },
            block =>
            {
                var first = block * Block;
                float[][] here = [.. vectors.Skip(first).Take(Block)];
                ScanBlock(here, count, allowed, least, cancellation).CopyTo(nearest, first);
            }
        );
        return nearest;
    }

    private VectorHit[][] ScanBlock(float[][] vectors, int count, RowSet? allowed, float least, CancellationToken cancellation)
    {
        var nearest = Array.ConvertAll(vectors, _ => new NearestRows(count + MoreThanWanted, least - (float)Slack));
        var cosines = Array.ConvertAll(vectors, _ => new float[Chunk]);
        var flat = new float[vectors.Length * Dimensions];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i].CopyTo(flat, i * Dimensions);
        var chunk = new float[Chunk * Dimensions];
        for (var first = 0; first < _rows.Count; first += Chunk)
        {
            var here = Math.Min(Chunk, _rows.Count - first);
            for (var i = 0; i < here; i++)
                Row(first + i).CopyTo(chunk.AsSpan(i * Dimensions));
            RowProducts.Fill(flat, chunk.AsSpan(0, here * Dimensions), Dimensions, cosines);
            for (var row = 0; row < here; row++)
            {
                if (!IsThere(first + row) || allowed?.Contains(first + row) == false)
                    continue;
                for (var i = 0; i < vectors.Length; i++)
                    nearest[i].Offer(first + row, cosines[i][row]);
            }
        }
        return
        [
            .. vectors.Select(
                (vector, i) => TryOrder(vector, nearest[i], count, least) ?? NearestByScan(vector, count, allowed, least, cancellation)
            ),
        ];
    }

    /// <summary>Orders what a block found by all digits; null when a row that it left out may belong to the best.</summary>
    private VectorHit[]? TryOrder(float[] vector, NearestRows nearest, int count, float least)
    {
        var hits = new List<VectorHit>(nearest.Rows.Count);
        foreach (var near in nearest.Rows)
            Take(hits, near.Row, Similarity.Of(vector, Row(near.Row)), least);
        hits.Sort(BestFirst);
        var all = nearest.Rows.Count < count + MoreThanWanted;
        if (all || (hits.Count >= count && hits[count - 1].Score > nearest.Rows[^1].Cosine + Slack))
            return [.. hits.Take(count)];
        return null;
    }

    private void Take(List<VectorHit> hits, int row, float score, float least)
    {
        if (score > least)
            hits.Add(new VectorHit(Photo(row), Owner(row), score));
    }

    private static int BestFirst(VectorHit one, VectorHit other) =>
        one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Owner.CompareTo(other.Owner);
}
