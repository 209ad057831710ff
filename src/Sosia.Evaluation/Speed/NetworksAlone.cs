using System.Diagnostics;
using Sosia.Models;

namespace Sosia.Evaluation.Speed;

/// <summary>How often each network runs for a photo, on average.</summary>
/// <param name="Looks">The detector.</param>
/// <param name="Locates">The landmark network.</param>
/// <param name="Embeds">The embedding network.</param>
public readonly record struct NetworkCalls(double Looks, double Locates, double Embeds);

/// <summary>Photos a second when only the three networks run, and nothing around them: the bound that a pipeline is held against.</summary>
public static class NetworksAlone
{
    private const int Photos = 300;
    private const int Rounds = 3;

    /// <summary>At the fastest number of threads: one, one a core, or two a core.</summary>
    /// <param name="calls">As often a photo as the pipeline ran them.</param>
    /// <param name="model">The face model; null for the default.</param>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static double Fastest(NetworkCalls calls, string? model = null) =>
        new[] { 1, Environment.ProcessorCount, 2 * Environment.ProcessorCount }.Distinct().Max(threads => Measure(calls, threads, rewritten: true, model));

    /// <summary>The best of three rounds.</summary>
    /// <param name="calls">Calls for a photo.</param>
    /// <param name="threads">Threads side by side, each with one inference at a time.</param>
    /// <param name="rewritten">The graphs as Sosia runs them; else as they come.</param>
    /// <param name="model">The face model; null for the default.</param>
    public static double Measure(NetworkCalls calls, int threads, bool rewritten, string? model = null)
    {
        var models = ModelStore.Open();
        using var looks = Load(models, models.Default(ModelKind.FaceBoxes), rewritten);
        using var locates = Load(models, models.Default(ModelKind.FaceLandmarks), rewritten);
        using var embeds = Load(models, models.Resolve(ModelKind.FaceEmbedding, model), rewritten);
        var best = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var next = 0;
            var started = Stopwatch.GetTimestamp();
            var all = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                var (look, locate, embed) = (new Call(looks), new Call(locates), new Call(embeds));
                for (int photo; (photo = Interlocked.Increment(ref next)) <= Photos;)
                {
                    look.Repeat(calls.Looks, photo);
                    locate.Repeat(calls.Locates, photo);
                    embed.Repeat(calls.Embeds, photo);
                }
            })).ToArray();
            foreach (var thread in all) thread.Start();
            foreach (var thread in all) thread.Join();
            best = Math.Max(best, Photos / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return best;
    }

    private static OnnxSession Load(ModelStore models, KnownModel model, bool rewritten) =>
        rewritten ? models.Load(model) : OnnxSession.Load(File.ReadAllBytes(model.Path), model.Entry);

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
