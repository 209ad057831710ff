namespace Sosia.Vectors.Exact;

public sealed partial class ExactIndex<TMetric>
{
    /// <summary>A last block of fewer rows is encoded again with those that are added.</summary>
    private const int ShortBlock = 512;

    /// <summary>Fewer rows are not worth another encoding.</summary>
    private const int FewRows = 4096;

    /// <summary>
    /// Where more than this share of the rows is compared in full, the rotation fits badly: it is learnt again when rows are added.
    /// </summary>
    private const double PoorShare = 0.05;

    /// <summary>So many searches of the whole table tell how well the rotation fits.</summary>
    private const long SearchesToJudge = 32;

    /// <summary>More rows are encoded anew only by who asks for it: it takes longer than anybody waits for a few new rows.</summary>
    private const int MostToLearnAgain = 1 << 18;

    internal static ExactIndex<TMetric> Build(IRowReader rows, RowSet? deleted, int threads, CancellationToken cancellation)
    {
        CheckDeleted(rows, deleted);
        using var open = rows.KeepOpen();
        return Build(rows, deleted, RowEncoding.Learn<TMetric>(rows, deleted, rows.Count, threads), threads, cancellation);
    }

    internal static ExactIndex<TMetric> Build(
        IRowReader rows,
        RowSet? deleted,
        RowEncoding encoding,
        int threads,
        CancellationToken cancellation
    )
    {
        if (rows.Dimensions != encoding.Rotation.Mean.Length)
            throw new ArgumentException($"Expected {encoding.Rotation.Mean.Length} dimensions, got {rows.Dimensions}.");
        using var open = rows.KeepOpen();
        return new ExactIndex<TMetric>(rows, deleted, encoding, Encode(encoding, 0, rows, deleted, threads, cancellation));
    }

    /// <inheritdoc cref="ExactIndex.Join"/>
    internal static ExactIndex<TMetric> Join(IReadOnlyList<ExactIndex<TMetric>> parts)
    {
        var encoding = parts[0]._encoding;
        var (deleted, blocks) = (default(RowSet), new List<CodeBlock>());
        var rows = new JoinedRows([.. parts.Select(part => part._rows)]);
        var first = 0;
        foreach (var part in parts)
        {
            if (!part._encoding.IsSame(encoding))
                throw new ArgumentException("Expected indexes of one encoding.", nameof(parts));
            blocks.AddRange(part._blocks.Select(block => block.From(first + block.First)));
            for (var row = part._deleted?.Next(0) ?? -1; row >= 0; row = part._deleted!.Next(row + 1))
                (deleted ??= new RowSet(rows.Count)).Add(first + row);
            first += part.Count;
        }
        return new ExactIndex<TMetric>(rows, deleted, encoding, [.. blocks]);
    }

    /// <summary>
    /// The index over the same table with rows added at its end, or with other rows deleted. Both indexes share what is the same.
    /// </summary>
    /// <param name="rows">The table, which begins with the rows of this index, unchanged.</param>
    /// <param name="deleted">All rows that are not to be found; null for none.</param>
    /// <param name="threads">Threads to work with.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="ArgumentException">Another number of dimensions, fewer rows, or a row that can't be compared.</exception>
    /// <exception cref="DamagedFileException">The file of the rows was cut off.</exception>
    public ExactIndex<TMetric> With(IRowReader rows, RowSet? deleted, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        CheckDeleted(rows, deleted);
        if (rows.Dimensions != Dimensions)
            throw new ArgumentException($"Expected {Dimensions} dimensions, got {rows.Dimensions}.");
        if (rows.Count < Count)
            throw new ArgumentException($"Expected at least {Count} rows, got {rows.Count}.");
        using var open = rows.KeepOpen();
        if (rows.Count <= MostToLearnAgain && (HasOutgrown(rows.Count) || FitsBadly(rows.Count)))
            return Build(rows, deleted, threads, cancellation);

        var keep = BlocksToKeep(rows.Count);
        var from = keep == 0 ? 0 : _blocks[keep - 1].First + _blocks[keep - 1].Count;
        CodeBlock[] blocks = [.. _blocks[..keep], .. Encode(_encoding, from, rows, deleted, threads, cancellation)];
        return new ExactIndex<TMetric>(rows, deleted, _encoding, blocks);
    }

    private bool HasOutgrown(int count) => count > FewRows && count >= 2L * _encoding.LearntFrom;

    private bool FitsBadly(int count)
    {
        if (count == Count || Interlocked.Read(ref _searched) <= SearchesToJudge * Count)
            return false;
        return ComparedShare > PoorShare && count > _encoding.LearntFrom + _encoding.LearntFrom / 8;
    }

    /// <summary>
    /// A short last block is encoded again together with the new rows. A longer one stays, so that a few new rows cost little.
    /// </summary>
    private int BlocksToKeep(int count)
    {
        if (count == Count || _blocks.Length == 0)
            return _blocks.Length;
        return _blocks[^1].Count < Math.Min(ShortBlock, _layout.RowsABlock) ? _blocks.Length - 1 : _blocks.Length;
    }

    private static void CheckDeleted(IRowReader rows, RowSet? deleted)
    {
        if (deleted is not null && deleted.Rows != rows.Count)
            throw new ArgumentException($"Expected a set over {rows.Count} rows, got one over {deleted.Rows}.");
    }

    private static unsafe CodeBlock[] Encode(
        RowEncoding encoding,
        int from,
        IRowReader rows,
        RowSet? deleted,
        int threads,
        CancellationToken cancellation
    )
    {
        var layout = encoding.Layout;
        var (most, rowsAPiece) = (layout.RowsABlock, layout.PieceRows);
        var pieces = (rows.Count - from + rowsAPiece - 1) / rowsAPiece;
        var memory = new NativeBytes[(rows.Count - from + most - 1) / most];
        for (var i = 0; i < memory.Length; i++)
            memory[i] = new NativeBytes((long)RecordLayout.Pad(Math.Min(most, rows.Count - from - i * most)) * layout.Bytes);

        var seconds = new NativeBytes?[memory.Length];
        for (var i = 0; i < seconds.Length && encoding.Rotation.HasSecond; i++)
            seconds[i] = new NativeBytes((long)Math.Min(most, rows.Count - from - i * most) * RecordLayout.Second.Bytes);

        var encoders = new ThreadLocal<RowEncoder>(() => new RowEncoder(encoding.Rotation, layout, TMetric.DirectionOnly));
        var limits = Workers.ForEach(
            pieces,
            threads,
            piece =>
            {
                cancellation.ThrowIfCancellationRequested();
                var first = piece * rowsAPiece;
                rows.ThrowIfCutOff(from + first);
                var into = memory[first / most].Pointer + (long)(first % most) * layout.Bytes;
                var count = Math.Min(rowsAPiece, rows.Count - from - first);
                var second = seconds[first / most] is { } all ? all.Pointer + (long)(first % most) * RecordLayout.Second.Bytes : null;
                return encoders.Value!.Encode(rows, from + first, count, into, second, row => ThrowUnlessDeleted(rows, row, deleted));
            },
            cancellation
        );
        return
        [
            .. memory.Select(
                (bytes, i) =>
                {
                    var first = from + i * most;
                    var perBlock = most / rowsAPiece;
                    var all = limits.Skip(i * perBlock).Take(perBlock).Aggregate(default(BlockLimits), (a, b) => a.With(b));
                    var second = seconds[i];
                    return new CodeBlock((bytes, second), bytes.Pointer, first, Math.Min(most, rows.Count - first), all)
                    {
                        Seconds = second is null ? null : second.Pointer,
                    };
                }
            ),
        ];
    }

    private static void ThrowUnlessDeleted(IRowReader rows, int row, RowSet? deleted)
    {
        if (deleted?.Contains(row) == true)
            return;
        var problem = default(TMetric).InvalidReason(rows.Row(row)) ?? $"its norm is above {RowEncoder.LargestNorm}";
        throw new ArgumentException($"Row {row} does not fit the metric {default(TMetric).Name}: {problem}.");
    }
}
