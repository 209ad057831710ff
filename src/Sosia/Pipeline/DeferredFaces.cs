using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Pipeline;

/// <summary>A face pipeline whose networks are loaded when they are needed. What its rows are is known before.</summary>
/// <param name="Space">The space of the rows.</param>
/// <param name="FoundBy">How the faces are found.</param>
/// <param name="Load">Loads the networks, or gives those that are loaded.</param>
internal sealed record DeferredFaces(SpaceInfo Space, Provenance FoundBy, Func<FacePipeline> Load)
{
    /// <summary>The pipeline that <see cref="Networks.Load"/> makes of the same models and options.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public static DeferredFaces Of(ModelStore models, string? model, DetectorOptions detector, Func<FacePipeline> load) =>
        new(FaceSpace.Of(models, model, detector), Provenance.Of(FaceDetectors.Chosen(models, model, detector).Entry, detector), load);

    /// <summary>The same spaces, in which a photo lacks its faces unless they were found as they are here.</summary>
    public IndexedSpaces FoundAsNow(IndexedSpaces spaces) => spaces with { FoundBy = FoundBy };
}
