using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Models;

namespace Sosia.Search;

/// <summary>The three networks and the pipeline made of them: the one place where they are put together.</summary>
internal sealed class Networks : IDisposable
{
    private readonly FaceFinder _finder;
    private readonly FaceEmbedder _embedder;

    private Networks(FaceFinder finder, FaceEmbedder embedder, QualityOptions quality)
    {
        (_finder, _embedder) = (finder, embedder);
        Pipeline = new FacePipeline(finder, new FaceAligner(embedder.FaceSize, embedder.Template), embedder, quality);
    }

    public FacePipeline Pipeline { get; }

    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static Networks Load(ModelStore models, CollectionOptions options)
    {
        var embedder = Task.Run(() => FaceEmbedder.Load(models, options.Model)); // the largest takes as long as the others together
        var finder = (FaceFinder?)null;
        try
        {
            finder = FaceFinder.Load(models, options.Detector);
            return new Networks(finder, embedder.GetAwaiter().GetResult(), options.Quality);
        }
        catch
        {
            finder?.Dispose();
            DisposeWhenLoaded(embedder);
            throw;
        }
    }

    /// <summary>Waits for it: a program that ends meanwhile would take ONNX Runtime away from under the load, which writes of that to standard error.</summary>
    private static void DisposeWhenLoaded(Task<FaceEmbedder> embedder)
    {
        Task.WaitAny(embedder);
        if (embedder.IsCompletedSuccessfully) embedder.Result.Dispose();
    }

    public void Dispose()
    {
        _finder.Dispose();
        _embedder.Dispose();
    }
}
