using Sosia.Faces;
using Sosia.Faces.Points;
using Sosia.Faces.UltraLight;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Pipeline;

/// <summary>Which detector finds faces for a face model, and what it is made of.</summary>
internal static class FaceDetectors
{
    /// <summary>The detector of the options, else the one that the face model names, else the default.</summary>
    /// <exception cref="ModelException">No such model, or it finds no faces.</exception>
    public static KnownModel Chosen(ModelStore models, string? model, DetectorOptions options) =>
        models.Resolve(ModelKind.FaceBoxes, options.Network ?? models.Resolve(ModelKind.FaceEmbedding, model).Entry.Detector);

    /// <summary>Names how the points of its faces are made.</summary>
    public static string LandmarksKeyOf(ModelStore models, KnownModel detector) =>
        detector.Entry.MakesPoints
            ? LandmarksKey.OfDetector(detector.Entry)
            : LandmarksKey.Of(models.Default(ModelKind.FaceLandmarks).Entry);

    /// <summary>Loads a detector with the landmark network where it needs one.</summary>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static IFaceDetector Load(ModelStore models, KnownModel detector, DetectorOptions options) =>
        detector.Entry.MakesPoints ? new PointsFinder(models.LoadDetector(detector), options) : FaceFinder.Load(models, detector, options);
}
