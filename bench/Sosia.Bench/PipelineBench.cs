using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Sosia.Models;
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

            var calls = new Calls(stages.Count("look") / (double)summary.Photos, stages.Count("locate") / (double)summary.Photos, stages.Count("align") / (double)summary.Photos);
            var networks = new[] { 1, Environment.ProcessorCount, 2 * Environment.ProcessorCount }.Max(threads => NetworksAlone(calls, threads, rewritten: true));
            var asTheyCome = NetworksAlone(new Calls(1, 1, 1), Environment.ProcessorCount, rewritten: false);
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

    private readonly record struct Calls(double Looks, double Locates, double Embeds);

    private static (IndexSummary Summary, StageTimes Stages) Index(string directory, string[] files)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        collection.Index([.. files.Take(8)]); // loads the networks, fills the caches
        using var stages = new StageTimes();
        return (collection.Index([.. files.Skip(8)]), stages);
    }

    /// <summary>Photos a second when only the networks run, each as often a photo as the pipeline ran it, on as many threads.</summary>
    private static double NetworksAlone(Calls calls, int threads, bool rewritten)
    {
        var models = ModelStore.Open();
        using var looks = Load(models, ModelKind.FaceBoxes, rewritten);
        using var locates = Load(models, ModelKind.FaceLandmarks, rewritten);
        using var embeds = Load(models, ModelKind.FaceEmbedding, rewritten);
        const int photos = 300;
        var best = 0.0;
        for (var round = 0; round < 3; round++)
        {
            var next = 0;
            var started = Stopwatch.GetTimestamp();
            var all = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                var (look, locate, embed) = (new Call(looks), new Call(locates), new Call(embeds));
                for (int i; (i = Interlocked.Increment(ref next)) <= photos;)
                {
                    look.Repeat(calls.Looks, i);
                    locate.Repeat(calls.Locates, i);
                    embed.Repeat(calls.Embeds, i);
                }
            })).ToArray();
            foreach (var thread in all) thread.Start();
            foreach (var thread in all) thread.Join();
            best = Math.Max(best, photos / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return best;
    }

    private static OnnxSession Load(ModelStore models, ModelKind kind, bool rewritten)
    {
        var model = models.Default(kind);
        return rewritten ? models.Load(model) : OnnxSession.Load(File.ReadAllBytes(model.Path), model.Entry);
    }

    /// <summary>One network with memory of its own, fed the same numbers again and again.</summary>
    private sealed class Call(OnnxSession session)
    {
        private readonly float[] _input = [.. Enumerable.Range(0, session.InputFloats).Select(i => (float)Math.Sin(i))];
        private readonly float[] _output = new float[session.FloatsOf(0)];
        private readonly float[] _scores = new float[session.Outputs > 1 ? session.FloatsOf(1) : 0];

        /// <summary>So often that after n photos it was n × <paramref name="each"/> times.</summary>
        public void Repeat(double each, int photo)
        {
            for (var i = (long)((photo - 1) * each); i < (long)(photo * each); i++) session.Run(_input, 1, _output, _scores);
        }
    }
}

/// <summary>Listens to the library's own measurements.</summary>
internal sealed class StageTimes : IDisposable
{
    private readonly Dictionary<string, (long Count, double Seconds)> _stages = [];
    private readonly MeterListener _listener = new();

    public StageTimes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            lock (_stages)
            {
                var stage = (string)tags[0].Value!;
                var (count, sum) = _stages.GetValueOrDefault(stage);
                _stages[stage] = (count + 1, sum + seconds);
            }
        });
        _listener.Start();
    }

    public long Count(string stage) => _stages.GetValueOrDefault(stage).Count;

    /// <summary>Each stage's part of the time of all top-level stages.</summary>
    public Dictionary<string, double> Shares()
    {
        string[] stages = ["read", "decode", "detect", "align", "embed", "store"];
        var all = stages.Sum(stage => _stages.GetValueOrDefault(stage).Seconds);
        return stages.ToDictionary(stage => stage, stage => Math.Round(_stages.GetValueOrDefault(stage).Seconds / all, 4));
    }

    public void Dispose() => _listener.Dispose();
}
