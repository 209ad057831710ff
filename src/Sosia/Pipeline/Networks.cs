using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Pipeline;

/// <summary>The three networks and the pipeline made of them: the one place where they are put together.</summary>
internal sealed class Networks : IDisposable
{
    private readonly IFaceDetector _finder;
    private readonly FaceEmbedder _embedder;

    private Networks(IFaceDetector finder, FaceEmbedder embedder, QualityOptions quality)
    {
        (_finder, _embedder) = (finder, embedder);
        Pipeline = new FacePipeline(finder, embedder, quality);
    }

    public FacePipeline Pipeline { get; }

    /// <param name="models">Where the models are.</param>
    /// <param name="model">Name of the face model; null for the default.</param>
    /// <param name="detector">What counts as a face.</param>
    /// <param name="quality">Which faces are too poor to be recognised.</param>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static Networks Load(ModelStore models, string? model = null, DetectorOptions? detector = null, QualityOptions? quality = null)
    {
        var embedder = Task.Run(() => FaceEmbedder.Load(models, model)); // the largest takes as long as the others together
        var finder = (IFaceDetector?)null;
        try
        {
            var options = detector ?? new();
            finder = FaceDetectors.Load(models, FaceDetectors.Chosen(models, model, options), options);
            return new Networks(finder, embedder.GetAwaiter().GetResult(), quality ?? new());
        }
        catch
        {
            finder?.Dispose();
            DisposeWhenLoaded(embedder);
            throw;
        }
    }

    /// <summary>
    /// Waits for it: a program that ends meanwhile would take ONNX Runtime away from under the load, which writes of that to standard
    /// error.
    /// </summary>
    private static void DisposeWhenLoaded(Task<FaceEmbedder> embedder)
    {
        Task.WaitAny(embedder);
        if (embedder.IsCompletedSuccessfully)
            embedder.Result.Dispose();
    }

    public void Dispose()
    {
        _finder.Dispose();
        _embedder.Dispose();
    }
}
