using System.Diagnostics;
using Sosia.Vectors;

namespace Sosia.Cli.Output;

/// <summary>The answers, and how long they took.</summary>
/// <param name="Found">One array a query.</param>
/// <param name="Median">Milliseconds of a query alone.</param>
/// <param name="P95">Milliseconds that 95 of 100 queries alone take at most.</param>
/// <param name="QueriesPerSecond">All queries together, the median of the repeats.</param>
internal sealed record KnnTiming(Neighbor[][] Found, double Median, double P95, double QueriesPerSecond)
{
    /// <summary>Queries that are also measured alone: enough for a 95th percentile.</summary>
    private const int MeasuredAlone = 100;

    public static KnnTiming Measure(
        INeighborIndex index,
        IRowReader queries,
        SearchRequest request,
        int repeat,
        CancellationToken cancellation
    )
    {
        var (alone, together, found) = (new List<double>(), new List<double>(), Array.Empty<Neighbor[]>());
        for (var round = 0; round < repeat; round++)
        {
            var started = Stopwatch.GetTimestamp();
            found = index.SearchAll(queries, request, cancellation);
            together.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            for (var i = 0; i < queries.Count && i < MeasuredAlone && queries.Count > 1; i++)
            {
                started = Stopwatch.GetTimestamp();
                index.Search(queries.Row(i), request, cancellation);
                alone.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
        var times = queries.Count > 1 ? alone : together;
        var all = Percentile(together, 0.5);
        return new KnnTiming(found, Percentile(times, 0.5), Percentile(times, 0.95), all > 0 ? queries.Count / all * 1000 : 0);
    }

    private static double Percentile(List<double> times, double share) =>
        times.Order().ElementAt((int)Math.Min(times.Count - 1, times.Count * share));
}
