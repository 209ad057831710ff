using System.Collections.Concurrent;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// Exact search that reads about a sixteenth of the floats. Rows are centred by their mean and rotated (PCA, learnt from a sample), and the
/// leading coordinates are kept as signed bytes. A scan of these bounds the score of every row: the product of the codes, plus ‖head‖
/// times the norm of what the codes lost, plus ‖tail‖·‖tail‖ for the coordinates that were not kept (Cauchy–Schwarz), each
/// rounded up. Rows that the bound can't rule out are compared in float64 with the original floats, best bound first (Seidl and Kriegel
/// 1998). So rotation and codes decide about the time and never about the result. Immutable: <see cref="With"/> gives another index that
/// shares what is the same. Safe for many callers.
/// </summary>
public sealed partial class ExactIndex<TMetric> : INeighborIndex
    where TMetric : struct, IProductMetric
{
    private readonly IRowReader _rows;
    private readonly RowSet? _deleted;
    private readonly RowEncoding _encoding;
    private readonly RecordLayout _layout;
    private readonly CodeBlock[] _blocks;
    private readonly BlockLimits _limits;
    private readonly ConcurrentBag<QueryCode> _scratch = [];
    private readonly ConcurrentBag<NativeBytes> _allBounds = [];
    private long _searched,
        _compared;

    internal ExactIndex(IRowReader rows, RowSet? deleted, RowEncoding encoding, CodeBlock[] blocks)
    {
        (_rows, _deleted, _encoding, _blocks) = (rows, deleted, encoding, blocks);
        _layout = encoding.Layout;
        _limits = blocks.Aggregate(default(BlockLimits), (all, block) => all.With(block.Limits));
    }

    /// <summary>Rows of the table, deleted ones included: row numbers never change.</summary>
    public int Count => _rows.Count;

    /// <inheritdoc/>
    public int Dimensions => _rows.Dimensions;

    /// <summary>Coordinates that are kept of a row in what a search reads of every row.</summary>
    public int Coordinates => Rotation.Kept;

    /// <inheritdoc/>
    public long IndexBytes =>
        _blocks.Sum(block => (long)block.Padded * _layout.Bytes)
        + (Rotation.HasSecond ? (long)Count * RecordLayout.Second.Bytes : 0)
        + Rotation.Directions.Length * sizeof(float);

    /// <summary>The rows that no search finds, or null.</summary>
    public RowSet? Deleted => _deleted;

    /// <summary>Share of the rows searched so far that had to be compared in full; NaN before the first search.</summary>
    public double ComparedShare => Interlocked.Read(ref _compared) / (double)Interlocked.Read(ref _searched);

    /// <summary>How the rows are encoded.</summary>
    public RowEncoding Encoding => _encoding;

    /// <summary>The table.</summary>
    public IRowReader Rows => _rows;

    /// <summary>What an index file keeps.</summary>
    internal Rotation Rotation => _encoding.Rotation;
    internal RecordLayout Layout => _layout;
    internal CodeBlock[] Blocks => _blocks;

    private QueryCode Rent() => _scratch.TryTake(out var scratch) ? scratch : new QueryCode(Rotation, _layout);
}
