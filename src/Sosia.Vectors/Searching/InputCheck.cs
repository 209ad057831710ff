namespace Sosia.Vectors;

/// <summary>Checks rows and queries once, so that a scan can rely on them.</summary>
internal static class InputCheck
{
    private const int RowsAtOnce = 64;

    /// <summary>Checks every row of a table: an invalid one would never be found, or always.</summary>
    /// <exception cref="ArgumentException">A row is invalid; the message names the first.</exception>
    public static void CheckRows(IRowReader rows, IMetric metric, int threads, CancellationToken cancellation)
    {
        using var held = rows.KeepOpen();
        var first = int.MaxValue;
        Workers.Run(
            rows.Count,
            RowsAtOnce,
            threads,
            (from, to) =>
            {
                rows.ThrowIfCutOff();
                for (var row = from; row < to && row < Volatile.Read(ref first); row++)
                    if (metric.InvalidReason(rows.Row(row)) is not null)
                        Lower(ref first, row);
            },
            cancellation
        );
        if (first < int.MaxValue)
            throw new ArgumentException($"Row {first} does not fit the metric {metric.Name}: {metric.InvalidReason(rows.Row(first))}.");
    }

    /// <summary>A query.</summary>
    /// <exception cref="ArgumentException">Another number of dimensions, or values that the metric can't compare.</exception>
    public static void CheckQuery(ReadOnlySpan<float> query, int dimensions, IMetric metric, int? number = null)
    {
        var name = number is { } of ? $"Query {of}" : "The query";
        if (query.Length != dimensions)
            throw new ArgumentException($"{name} has the wrong length: expected {dimensions:N0} dimensions, got {query.Length:N0}.");
        if (metric.InvalidReason(query) is { } reason)
            throw new ArgumentException($"{name} does not fit the metric {metric.Name}: {reason}.");
    }

    private static void Lower(ref int first, int row)
    {
        for (var seen = Volatile.Read(ref first); row < seen; )
            if (Interlocked.CompareExchange(ref first, row, seen) is var now && now == seen)
                return;
            else
                seen = now;
    }
}
