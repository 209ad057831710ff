namespace Sosia.Vectors;

/// <summary>What to find, apart from the query itself.</summary>
public sealed record SearchRequest
{
    /// <summary>How many rows are found by default.</summary>
    public const int DefaultK = 20;

    /// <summary>The largest number of rows to find, 1 or more. More than there are finds all.</summary>
    public int K { get; init; } = DefaultK;

    /// <summary>
    /// Only rows within this distance, ends included; null for any. With <see cref="K"/> = <see cref="int.MaxValue"/>: all of them.
    /// </summary>
    public float? Radius { get; init; }

    /// <summary>Only these rows; null for all.</summary>
    public RowSet? Allowed { get; init; }

    /// <summary>
    /// A condition on row numbers; null for none. Called only for rows that would be among the nearest, from several threads at once.
    /// </summary>
    public Func<int, bool>? Where { get; init; }

    /// <summary>Threads to search with, 1 or more.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>All rows within a distance.</summary>
    public static SearchRequest Within(float radius) => new() { K = int.MaxValue, Radius = radius };

    /// <summary>Checks the request once, before any work.</summary>
    /// <exception cref="ArgumentException">K or threads below 1, a radius that is not a number, or a set over another number of
    /// rows.</exception>
    internal void Check(int rows)
    {
        if (K < 1)
            throw new ArgumentException($"K must be 1 or more, got {K}.");
        if (Threads < 1)
            throw new ArgumentException($"Threads must be 1 or more, got {Threads}.");
        if (Radius is { } radius && float.IsNaN(radius))
            throw new ArgumentException("The radius is not a number.");
        if (Allowed is { } allowed && allowed.Rows != rows)
            throw new ArgumentException($"Expected a set over {rows} rows, got one over {allowed.Rows}.");
    }
}
