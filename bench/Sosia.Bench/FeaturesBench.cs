using System.Diagnostics;
using System.Text.Json;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Features;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Bench;

/// <summary>
/// <c>sosia embed</c> with a model of the user's, in a process of its own: its peak memory, and its speed beside the network alone.
/// </summary>
internal static class FeaturesBench
{
    /// <summary>ONNX Runtime with two threads for pictures of which eight go in together.</summary>
    private const int Batch = 8;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(string name, string folder, int photos)
    {
        var directory = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            string[] files = [.. RowOrder.ByPath(folder).Take(photos)];
            var models = ModelStore.Open();
            var model = models.Find(name);
            double embed;
            using (var extraction = new FeatureExtraction(models, name, new FeatureOptions { Average = false }))
            {
                // fills the caches
                extraction.Run(folder, [.. files.Take(2 * Environment.ProcessorCount)], Path.Combine(directory, "first.npy"));
                var started = Stopwatch.GetTimestamp();
                extraction.Run(folder, files, Path.Combine(directory, "features.npy"));
                embed = files.Length / Stopwatch.GetElapsedTime(started).TotalSeconds;
            }
            using var process = Process.GetCurrentProcess();
            var peak = process.PeakWorkingSet64 >> 20;
            var alone = Alone(model, files.Length);
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        model = name,
                        photos = files.Length,
                        photosPerSecond = embed,
                        onnxRuntimePerSecond = alone,
                        ratio = embed / alone,
                        peakMemoryMb = peak,
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

    /// <summary>ONNX Runtime as anybody would run it: one call after the other, a thread a core inside of each.</summary>
    private static double Alone(KnownModel model, int photos)
    {
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = Environment.ProcessorCount };
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(model.Path, options);
        var input = model.Entry.Input;
        long[] shape =
            input.Layout == TensorLayout.Nhwc
                ? [Batch, input.Height, input.Width, input.ChannelCount]
                : [Batch, input.ChannelCount, input.Height, input.Width];
        var values = Enumerable.Range(0, Batch * input.Floats).Select(i => MathF.Sin(i)).ToArray();
        using var pictures = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(values, shape);
        using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
        void Once() => session.Run(run, [input.Name], [pictures], [model.Entry.Output.Name]).Dispose();
        Once();
        var started = Stopwatch.GetTimestamp();
        for (var done = 0; done < photos; done += Batch)
            Once();
        return (photos + Batch - 1) / Batch * Batch / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
