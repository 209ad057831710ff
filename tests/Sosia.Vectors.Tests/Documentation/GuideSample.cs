using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Documentation;

/// <summary>The guide's code, compiled and run; a test holds the two together.</summary>
internal static class GuideSample
{
    public static void Run()
    {
        // sample
        using var rows = NpyRows.Open("features.npy");
        var index = NeighborIndex.Build(rows, new NeighborIndexOptions { Metric = MetricKind.Cosine, Threads = 2 });
        foreach (var (row, distance) in index.Search(rows.Row(630).ToArray(), new SearchRequest { K = 20 }))
            Console.WriteLine($"{row} {distance}");
        // end
    }
}
