using System.Collections.Concurrent;

using Sosia.Vectors.Metrics;
namespace Sosia.Vectors.Exact;

/// <summary>
/// Exact search that reads about a sixteenth of the floats. Rows are moved by their mean and turned (PCA, learnt from a sample), and the leading
/// coordinates kept as signed bytes. A scan of these bounds every row's score: the product of codes, plus ‖head‖·‖what the codes lost‖, plus
/// ‖tail‖·‖tail‖ for the coordinates that were not kept (Cauchy–Schwarz), each rounded up. Rows that the bound can't rule out are compared in
/// float64 with the original floats, best bound first (Seidl and Kriegel 1998), so the result does not depend on rotation or codes; only the time does.
/// Never changes: <see cref="With"/> gives another index that shares what is the same. Safe for many callers.
/// </summary>
public sealed partial class ExactIndex<TMetric> : INeighborIndex where TMetric : struct, IProductMetric
{
    private readonly IRowReader _rows;
    private readonly RowSet? _deleted;
    private readonly Rotation _rotation;
    private readonly RecordLayout _layout;
    private readonly CodeBlock[] _blocks;
    private readonly int _learntFrom;
    private readonly ConcurrentBag<QueryCode> _scratch = [];
    private long _searched, _compared;

    internal ExactIndex(IRowReader rows, RowSet? deleted, (Rotation Rotation, RecordLayout Layout, int LearntFrom) way, CodeBlock[] blocks)
    {
        (_rows, _deleted, _blocks) = (rows, deleted, blocks);
        (_rotation, _layout, _learntFrom) = way;
    }

    /// <summary>Rows in the table, deleted ones among them: row numbers never move.</summary>
    public int Count => _rows.Count;

    /// <inheritdoc/>
    public int Dimensions => _rows.Dimensions;

    /// <summary>Coordinates that are kept of a row.</summary>
    public int Coordinates => _rotation.Coordinates;

    /// <inheritdoc/>
    public long IndexBytes => _blocks.Sum(block => (long)block.Padded * _layout.Bytes) + _rotation.Directions.Length * sizeof(float);

    /// <summary>The rows that no search finds, or null.</summary>
    public RowSet? Deleted => _deleted;

    /// <summary>Share of the rows searched so far that had to be compared in full; NaN before the first search.</summary>
    public double ComparedShare => Interlocked.Read(ref _compared) / (double)Interlocked.Read(ref _searched);

    /// <summary>What an index file keeps.</summary>
    internal IRowReader Rows => _rows;
    internal Rotation Rotation => _rotation;
    internal RecordLayout Layout => _layout;
    internal CodeBlock[] Blocks => _blocks;
    internal int LearntFrom => _learntFrom;

    private QueryCode Rent() => _scratch.TryTake(out var scratch) ? scratch : new QueryCode(_rotation, _layout);
}
