using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// How the rows of an index are encoded. Learnt from rows, or from a sample of those to come, and shared by indexes that are searched
/// together (<see cref="ExactIndex.Join"/>). It decides about the time of a search and never about the result.
/// </summary>
public sealed class RowEncoding
{
    /// <summary>So many rows are enough to learn from.</summary>
    public const int SampleRows = RotationLearner.SampleRows;

    internal RowEncoding(Rotation rotation, RecordLayout layout, int learntFrom) =>
        (Rotation, Layout, LearntFrom) = (rotation, layout, learntFrom);

    /// <summary>Rows that the table had, or was to have, when this was learnt.</summary>
    public int LearntFrom { get; }

    /// <summary>Gives the coordinates.</summary>
    internal Rotation Rotation { get; }

    /// <summary>Says where a record holds what.</summary>
    internal RecordLayout Layout { get; }

    /// <summary>Learns from a sample of the rows of one table, or of several that will be searched together.</summary>
    /// <param name="sample">At best <see cref="SampleRows"/> rows from all over the table.</param>
    /// <param name="rows">How many rows there will be.</param>
    /// <param name="threads">Threads to learn with.</param>
    /// <exception cref="ArgumentException">Fewer rows than the sample has, or less than one thread.</exception>
    public static RowEncoding Learn<TMetric>(IRowReader sample, int rows, int threads = 1)
        where TMetric : struct, IProductMetric
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (rows < sample.Count)
            throw new ArgumentException($"Expected at least the {sample.Count} rows of the sample, got {rows}.", nameof(rows));
        using var open = sample.KeepOpen();
        return Learn<TMetric>(sample, null, rows, threads);
    }

    /// <summary>Whether another encodes every row as this does.</summary>
    internal bool IsSame(RowEncoding other) =>
        ReferenceEquals(this, other)
        || Layout == other.Layout
            && Rotation.Kept == other.Rotation.Kept
            && Rotation.Mean.AsSpan().SequenceEqual(other.Rotation.Mean)
            && Rotation.Directions.SequenceEqual(other.Rotation.Directions);

    internal static RowEncoding Learn<TMetric>(IRowReader rows, RowSet? deleted, int count, int threads)
        where TMetric : struct, IProductMetric
    {
        if (threads < 1)
            throw new ArgumentException($"Threads must be 1 or more, got {threads}.");
        bool Usable(int row) => deleted?.Contains(row) != true && default(TMetric).InvalidReason(rows.Row(row)) is null;
        var rotation = RotationLearner.Learn(rows, Usable, new Learning(count, TMetric.DirectionOnly, TMetric.OfDifference, threads));
        return new RowEncoding(rotation, RecordLayout.For(rotation.Kept, TMetric.OfDifference), count);
    }
}
