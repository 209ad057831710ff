using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Pipeline;

/// <summary>
/// The space of the rows that a pipeline makes of faces. Its key names all that makes rows comparable: the landmarks, the alignment and the
/// embedder, each with its preprocessing. How faces are found is no part of it: a face found by another detector has the same points,
/// unless that detector makes its own.
/// </summary>
internal static class FaceSpace
{
    /// <summary>The space of the faces of a model, with the points of the detector that it is used with.</summary>
    /// <param name="models">All models; none is loaded.</param>
    /// <param name="model">Name of the face model; null for the default.</param>
    /// <param name="detector">Which detector; null for the model's own.</param>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public static SpaceInfo Of(ModelStore models, string? model = null, DetectorOptions? detector = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        var embedder = models.Resolve(ModelKind.FaceEmbedding, model).Entry;
        var landmarks = FaceDetectors.LandmarksKeyOf(models, FaceDetectors.Chosen(models, model, detector ?? new()));
        return new(Key(landmarks, EmbedderKey.Of(embedder)), embedder.Name, embedder.Output.Dimensions);
    }

    /// <summary>The space of the faces that are located by one network and embedded by another.</summary>
    public static SpaceInfo Of(ModelEntry landmarks, ModelEntry embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return new(Key(LandmarksKey.Of(landmarks), EmbedderKey.Of(embedder)), embedder.Name, embedder.Output.Dimensions);
    }

    /// <summary>The template and the size of an aligned face are the embedder's, so its key has them.</summary>
    /// <returns>64 lower-case hex digits.</returns>
    internal static string Key(string landmarks, string embedder) =>
        CanonicalText.Hash([
            "sosia space of faces",
            $"landmarks {landmarks}",
            CanonicalText.Invariant($"alignment {FaceAligner.Version}"),
            $"embedder {embedder}",
        ]);
}
