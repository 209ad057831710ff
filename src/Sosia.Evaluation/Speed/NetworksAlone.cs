using System.Diagnostics;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Pipeline;

namespace Sosia.Evaluation.Speed;

/// <summary>How often each network runs for a photo, on average.</summary>
/// <param name="Looks">The detector.</param>
/// <param name="Locates">The landmark network.</param>
/// <param name="Embeds">The embedding network.</param>
public readonly record struct NetworkCalls(double Looks, double Locates, double Embeds);

/// <summary>Photos a second when only the three networks run, and nothing around them: the bound that a pipeline is held against.</summary>
public sealed class NetworksAlone : IDisposable
{
    private readonly OnnxSession? _looks;
    private readonly DetectorSession? _looksWithPoints;
    private readonly OnnxSession _locates;
    private readonly OnnxSession _embeds;

    /// <summary>Loads them.</summary>
    /// <param name="rewritten">The graphs as Sosia runs them; else as they come.</param>
    /// <param name="model">The face model; null for the default.</param>
    /// <param name="detector">Which detector; null for the model's own.</param>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public NetworksAlone(bool rewritten, string? model = null, DetectorOptions? detector = null)
    {
        var models = ModelStore.Open();
        var looks = FaceDetectors.Chosen(models, model, detector ?? new());
        (_looks, _looksWithPoints) = looks.Entry.MakesPoints ? ((OnnxSession?)null, models.LoadDetector(looks)) : (Load(looks), null);
        (_locates, _embeds) = (Load(models.Default(ModelKind.FaceLandmarks)), Load(models.Resolve(ModelKind.FaceEmbedding, model)));

        OnnxSession Load(KnownModel known) => rewritten ? models.Load(known) : OnnxSession.Load(File.ReadAllBytes(known.Path), known.Entry);
    }

    /// <summary>The number of threads that does most: one, one a core, or two a core.</summary>
    /// <param name="calls">Calls for a photo.</param>
    /// <param name="photos">Photos tried with each.</param>
    public int FastestThreads(NetworkCalls calls, int photos = 200) =>
        new[] { 1, Environment.ProcessorCount, 2 * Environment.ProcessorCount }
            .Distinct()
            .MaxBy(threads => Measure(calls, threads, photos));

    /// <summary>Photos a second.</summary>
    /// <param name="calls">Calls for a photo, as often as the pipeline ran them.</param>
    /// <param name="threads">Threads side by side, each with one inference at a time.</param>
    /// <param name="photos">For how many photos.</param>
    public double Measure(NetworkCalls calls, int threads, int photos)
    {
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        var all = Enumerable
            .Range(0, threads)
            .Select(_ => new Thread(() =>
            {
                var (look, locate, embed) = (Looks(), new Call(_locates), new Call(_embeds));
                for (int photo; (photo = Interlocked.Increment(ref next)) <= photos; )
                {
                    look.Repeat(calls.Looks, photo);
                    locate.Repeat(calls.Locates, photo);
                    embed.Repeat(calls.Embeds, photo);
                }
            }))
            .ToArray();
        foreach (var thread in all)
            thread.Start();
        foreach (var thread in all)
            thread.Join();
        return photos / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private Call Looks() => _looks is not null ? new Call(_looks) : new Call(_looksWithPoints!);

    /// <inheritdoc/>
    public void Dispose()
    {
        _looks?.Dispose();
        _looksWithPoints?.Dispose();
        _locates.Dispose();
        _embeds.Dispose();
    }

    /// <summary>One network with memory of its own, fed the same numbers again and again.</summary>
    private sealed class Call
    {
        private readonly Action _run;

        public Call(OnnxSession session)
        {
            var input = Wave(session.InputFloats);
            var output = new float[session.FloatsOf(0)];
            var scores = new float[session.Outputs > 1 ? session.FloatsOf(1) : 0];
            _run = () => session.Run(input, 1, output, scores);
        }

        public Call(DetectorSession session)
        {
            var input = Wave(session.Entry.Input.Floats);
            _run = () => session.Run(input, CancellationToken.None);
        }

        private static float[] Wave(int floats) => [.. Enumerable.Range(0, floats).Select(i => (float)Math.Sin(i))];

        /// <summary>So often that after n photos it was n × <paramref name="each"/> times.</summary>
        public void Repeat(double each, int photo)
        {
            for (var i = (long)((photo - 1) * each); i < (long)(photo * each); i++)
                _run();
        }
    }
}
