namespace Sosia.Vectors.Exact;

public sealed partial class ExactIndex<TMetric>
{
    private const int ShortBlock = 4096;

    /// <summary>Above this share of rows compared in full, the rotation fits the rows badly: it is learnt again when rows change.</summary>
    private const double PoorShare = 0.05;

    /// <inheritdoc cref="ExactIndex.Build{TMetric}"/>
    internal static ExactIndex<TMetric> Build(IRowReader rows, RowSet? deleted, int threads, CancellationToken cancellation)
    {
        CheckDeleted(rows, deleted);
        if (threads < 1) throw new ArgumentException($"Threads must be 1 or more, got {threads}.");
        using var held = rows.Hold();
        bool Usable(int row) => deleted?.Contains(row) != true && default(TMetric).Unfit(rows.Row(row)) is null;
        var rotation = RotationLearner.Learn(rows, Usable, (TMetric.DirectionOnly, TMetric.OfDifference), threads);
        var layout = RecordLayout.For(rotation.Coordinates, TMetric.OfDifference);
        var index = new ExactIndex<TMetric>(rows, deleted, (rotation, layout, rows.Count), []);
        return new ExactIndex<TMetric>(rows, deleted, (rotation, layout, rows.Count), index.Encode(0, rows, deleted, threads, cancellation));
    }

    /// <summary>The index over the same table with rows added at its end, or with other rows deleted; what is the same is shared.</summary>
    /// <param name="rows">The table, with the rows that this index has unchanged at its beginning.</param>
    /// <param name="deleted">All rows not to be found now; null for none.</param>
    /// <param name="threads">Threads to work with.</param>
    /// <param name="cancellation">Looked at every few thousand rows.</param>
    /// <exception cref="ArgumentException">Another number of dimensions, fewer rows, or a row that can't be compared.</exception>
    public ExactIndex<TMetric> With(IRowReader rows, RowSet? deleted, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        CheckDeleted(rows, deleted);
        if (rows.Dimensions != Dimensions) throw new ArgumentException($"Expected {Dimensions} dimensions, got {rows.Dimensions}.");
        if (rows.Count < Count) throw new ArgumentException($"Expected at least {Count} rows, got {rows.Count}.");
        using var held = rows.Hold();
        var grownTwofold = rows.Count > ShortBlock && rows.Count >= 2L * _learntFrom;
        var fitsBadly = rows.Count > Count && Interlocked.Read(ref _searched) > 32L * Count && ComparedShare > PoorShare && rows.Count > _learntFrom + _learntFrom / 8;
        if (grownTwofold || fitsBadly) return Build(rows, deleted, threads, cancellation);

        // A short last block is made again together with the new rows; a longer one stays, so that a few new rows cost little.
        var last = _blocks.Length > 0 ? _blocks[^1].Count : 0;
        var keep = rows.Count > Count && last > 0 && last < Math.Min(ShortBlock, _layout.RowsABlock) ? _blocks.Length - 1 : _blocks.Length;
        var from = keep == 0 ? 0 : _blocks[keep - 1].First + _blocks[keep - 1].Count;
        CodeBlock[] blocks = [.. _blocks[..keep], .. Encode(from, rows, deleted, threads, cancellation)];
        return new ExactIndex<TMetric>(rows, deleted, (_rotation, _layout, _learntFrom), blocks);
    }

    private static void CheckDeleted(IRowReader rows, RowSet? deleted)
    {
        if (deleted is not null && deleted.Rows != rows.Count) throw new ArgumentException($"Expected a set over {rows.Count} rows, got one over {deleted.Rows}.");
    }

    private unsafe CodeBlock[] Encode(int from, IRowReader rows, RowSet? deleted, int threads, CancellationToken cancellation)
    {
        var (most, rowsAPiece) = (_layout.RowsABlock, _layout.PieceRows);
        var pieces = (rows.Count - from + rowsAPiece - 1) / rowsAPiece;
        var memory = new NativeBytes[(rows.Count - from + most - 1) / most];
        for (var i = 0; i < memory.Length; i++)
            memory[i] = new NativeBytes((long)CodeBlock.Pad(Math.Min(most, rows.Count - from - i * most)) * _layout.Bytes);

        var encoders = new ThreadLocal<RowEncoder>(() => new RowEncoder(_rotation, _layout, TMetric.DirectionOnly));
        var limits = Workers.ForEach(pieces, threads, piece =>
        {
            cancellation.ThrowIfCancellationRequested();
            rows.ThrowIfCutOff();
            var first = piece * rowsAPiece;
            var into = memory[first / most].Pointer + (long)(first % most) * _layout.Bytes;
            return encoders.Value!.Encode(rows, from + first, Math.Min(rowsAPiece, rows.Count - from - first), into, row => Refuse(rows, row, deleted));
        }, cancellation);
        return [.. memory.Select((bytes, i) =>
        {
            var first = from + i * most;
            var perBlock = most / rowsAPiece;
            var all = limits.Skip(i * perBlock).Take(perBlock).Aggregate(default(BlockLimits), (a, b) => a.With(b));
            return new CodeBlock(bytes, bytes.Pointer, first, Math.Min(most, rows.Count - first), all);
        })];
    }

    private static void Refuse(IRowReader rows, int row, RowSet? deleted)
    {
        if (deleted?.Contains(row) == true) return;
        var problem = default(TMetric).Unfit(rows.Row(row)) ?? $"its length is above {RowEncoder.LongestRow}";
        throw new ArgumentException($"Row {row} does not fit the metric {default(TMetric).Name}: {problem}.");
    }
}
