using System.Diagnostics;
using System.Text.Json;
using Sosia.Evaluation.Speed;
using Sosia.Photos;
using Sosia.Search;

namespace Sosia.Bench;

/// <summary>Indexing against the networks alone: what everything around the networks costs.</summary>
internal static class PipelineBench
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Share of the networks' speed that the Python way of FACTS reaches: 71 photos/s of 104 (OpenCV 4.10, onnxruntime 1.21, the graphs as they come).</summary>
    private const double PythonShare = 71.0 / 104.0;

    public static int Run(string folder, int photos)
    {
        var collection = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            var files = PhotoFinder.Find([folder]).Select(file => file.Stamp.Path).Take(photos).ToArray();
            var (summary, stages) = Index(collection, files);
            var pipeline = summary.Photos / summary.Elapsed.TotalSeconds;
            var peak = Process.GetCurrentProcess().PeakWorkingSet64;

            var calls = stages.CallsFor(summary.Photos);
            var networks = NetworksAlone.Fastest(calls);
            var asTheyCome = NetworksAlone.Measure(new NetworkCalls(1, 1, 1), Environment.ProcessorCount, rewritten: false);
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                photos = summary.Photos,
                faces = summary.Faces,
                photosPerSecond = pipeline,
                inferencePhotosPerSecond = networks,
                ratio = pipeline / networks,
                pythonPhotosPerSecond = asTheyCome * PythonShare,
                ratioToPython = pipeline / (asTheyCome * PythonShare),
                callsPerPhoto = new { detector = calls.Looks, landmarks = calls.Locates, embedding = calls.Embeds },
                shareOfStages = stages.Shares(),
                peakMemoryMb = peak >> 20,
            }, Indented));
            return 0;
        }
        finally
        {
            Directory.Delete(collection, recursive: true);
        }
    }

    private static (IndexSummary Summary, StageTimes Stages) Index(string directory, string[] files)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        collection.Index([.. files.Take(8)]); // loads the networks, fills the caches
        using var stages = new StageTimes();
        return (collection.Index([.. files.Skip(8)]), stages);
    }
}
