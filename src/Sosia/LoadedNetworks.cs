using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Pipeline;

namespace Sosia;

/// <summary>The networks of a collection, loaded when they are first needed: a run with nothing to do loads none.</summary>
/// <param name="models">Where they come from.</param>
/// <param name="options">Which, and what they are asked for.</param>
internal sealed class LoadedNetworks(ModelStore models, CollectionOptions options) : IDisposable
{
    private readonly OnDemand<Networks> _networks = new(() => Networks.Load(models, options.Model, options.Detector, options.Quality));

    /// <summary>The face model.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public KnownModel Model => models.Resolve(ModelKind.FaceEmbedding, options.Model);

    /// <summary>The space of the faces, as it is made now; the collection may hold no row of it.</summary>
    public SpaceInfo Space => field ??= FaceSpace.Of(models, options.Model, options.Detector);

    /// <summary>The file that says what scores mean; null when that was not measured.</summary>
    public string? CalibrationPath => models.CalibrationPath(Model, FaceDetectors.Chosen(models, options.Model, options.Detector));

    /// <summary>The way from a photo to embeddings.</summary>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public FacePipeline Pipeline() => _networks.Value.Pipeline;

    /// <summary>The same for an indexing run, which loads them when there is a file to read.</summary>
    public DeferredFaces Deferred => DeferredFaces.Of(models, options.Model, options.Detector, Pipeline);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_networks.IsMade)
            _networks.Value.Dispose();
    }
}
