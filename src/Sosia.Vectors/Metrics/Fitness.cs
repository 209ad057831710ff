namespace Sosia.Vectors.Metrics;

/// <summary>What makes a row unfit to be compared.</summary>
internal static class Fitness
{
    public static string? NotFinite(ReadOnlySpan<float> row)
    {
        for (var i = 0; i < row.Length; i++)
            if (!float.IsFinite(row[i])) return $"Expected finite values, got {row[i]} in column {i}.";
        return null;
    }

    public static string? Zero(ReadOnlySpan<float> row) => row.ContainsAnyExcept(0f) ? null : "A row of zeros has no direction, and so no cosine.";

    /// <summary>Checks a query once, before any work.</summary>
    /// <exception cref="ArgumentException">Another number of dimensions, or unfit for the metric.</exception>
    public static void CheckQuery<TMetric>(TMetric metric, ReadOnlySpan<float> query, int dimensions) where TMetric : struct, IMetric
    {
        if (query.Length != dimensions) throw new ArgumentException($"Expected {dimensions} dimensions, got {query.Length}.", nameof(query));
        if (metric.Unfit(query) is { } problem) throw new ArgumentException($"The query can't be searched with: {problem}", nameof(query));
    }
}
