using System.Text.Json;
using Sosia.Evaluation.Speed;
using Sosia.Photos.Folders;

namespace Sosia.Bench;

/// <summary>Indexing against the networks alone: what everything around the networks costs.</summary>
internal static class PipelineBench
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Share of the networks' speed that the same in Python reaches: 71 photos/s of 104 (OpenCV 4.10, onnxruntime 1.21, the graphs as they
    /// come).
    /// </summary>
    private const double PythonShare = 71.0 / 104.0;

    /// <summary>
    /// Slices of the photos: each is indexed, and then the networks run alone as often, so that a machine whose speed changes changes both.
    /// Odd: one is in the middle.
    /// </summary>
    private const int Slices = 11;

    private static readonly NetworkCalls OnceEach = new(1, 1, 1);

    public static int Run(string folder, int photos)
    {
        var directory = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            var files = PhotoFinder.Find([folder]).Select(file => file.Stamp.Path).Take(photos).ToArray();
            var size = files.Length / (Slices + 1);
            if (size == 0)
            {
                Console.Error.WriteLine(
                    $"{folder} has {files.Length} photos, and {Slices + 1} are the least that can be measured; name a larger folder."
                );
                return 2;
            }
            using var collection = Collection.Open(new CollectionOptions { Directory = directory });
            using var networks = new NetworksAlone(rewritten: true);
            using var asTheyCome = new NetworksAlone(rewritten: false);
            collection.Indexing.Run([.. files.Take(files.Length - Slices * size)]); // loads the networks, fills the caches

            using var stages = new StageTimes();
            var (pairs, indexed, faces, threads) = (new List<Pair>(), 0L, 0L, 0);
            foreach (var slice in files.TakeLast(Slices * size).Chunk(size))
            {
                var summary = collection.Indexing.Run(slice);
                (indexed, faces) = (indexed + summary.Photos, faces + summary.Faces);
                var calls = stages.CallsFor(indexed);
                if (threads == 0)
                    threads = networks.FastestThreads(calls);
                pairs.Add(
                    new Pair(
                        summary.Photos / summary.Elapsed.TotalSeconds,
                        networks.Measure(calls, threads, slice.Length),
                        asTheyCome.Measure(OnceEach, Environment.ProcessorCount, slice.Length) * PythonShare
                    )
                );
            }
            var each = stages.CallsFor(indexed);
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        photos = indexed,
                        faces,
                        photosPerSecond = Median(pairs, pair => pair.Pipeline),
                        inferencePhotosPerSecond = Median(pairs, pair => pair.Networks),
                        ratio = Median(pairs, pair => pair.Pipeline / pair.Networks),
                        pythonPhotosPerSecond = Median(pairs, pair => pair.Python),
                        ratioToPython = Median(pairs, pair => pair.Pipeline / pair.Python),
                        callsPerPhoto = new
                        {
                            detector = each.Looks,
                            landmarks = each.Locates,
                            embedding = each.Embeds,
                        },
                        threadsOfNetworksAlone = threads,
                        shareOfStages = stages.Shares(),
                    },
                    Indented
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static double Median(List<Pair> pairs, Func<Pair, double> figure) => pairs.Select(figure).Order().ElementAt(pairs.Count / 2);

    /// <summary>Photos a second, one after another in one slice.</summary>
    private readonly record struct Pair(double Pipeline, double Networks, double Python);
}
