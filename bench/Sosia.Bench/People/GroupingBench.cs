using System.Diagnostics;
using System.Text.Json;
using Sosia.Evaluation;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Measures;

namespace Sosia.Bench.People;

internal static class GroupingBench
{
    public static int Measure(string folder)
    {
        var rows = new FolderEmbedding(LabelledFolder.Read(folder)).Run().Rows;
        var started = Stopwatch.GetTimestamp();
        Console.WriteLine(JsonSerializer.Serialize(Grouping.Measure(rows)));
        Console.WriteLine(Stopwatch.GetElapsedTime(started));
        return 0;
    }
}
