using System.Text;
using Sosia.Vectors.Files;

namespace Sosia.Models.Store;

public sealed partial class ModelStore
{
    /// <summary>
    /// Writes what a model's scores mean beside it, and names the file in the user's manifest where the model is the user's.
    /// </summary>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="calibration">The calibration's text.</param>
    /// <param name="detector">The detector that it was measured with; null for the model's usual one.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="ModelException">The directory can't be written, or a built-in model's manifest names no calibration.</exception>
    public string KeepCalibration(KnownModel model, string calibration, KnownModel? detector = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (detector is not null && !IsUsual(model, detector))
            return KeepOfPair(model, detector, calibration);
        var file = model.Entry.Calibration ?? $"{model.Entry.Name}.calibration.json";
        if (model.Entry.Calibration is null && model.BuiltIn)
            throw new ModelException(
                ModelProblem.CannotWrite,
                $"The manifest's entry '{model.Entry.Name}' names no calibration, and built-in entries are not changed; add "
                    + $"\"calibration\": \"{file}\" to it."
            );
        try
        {
            DerivedFile.Write(
                Path.Combine(model.Directory, file),
                stream => stream.Write(Encoding.UTF8.GetBytes(calibration)),
                isPrivate: !model.BuiltIn
            );
            if (model.Entry.Calibration is null)
                NameCalibration(model.Entry.Name, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(
                ModelProblem.CannotWrite,
                $"The calibration of '{model.Entry.Name}' can't be written to {model.Directory}: {e.Message}",
                e
            );
        }
        return Path.Combine(model.Directory, file);
    }

    /// <summary>The file that says what a model's scores mean with a detector; null when the two have not been calibrated.</summary>
    internal string? CalibrationPath(KnownModel model, KnownModel detector)
    {
        if (IsUsual(model, detector))
            return model.CalibrationPath;
        var path = PathOfPair(model, detector);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Whether a model's own calibration holds with a detector: faces have the points that it was measured with.</summary>
    private static bool IsUsual(KnownModel model, KnownModel detector) =>
        model.Entry.Detector is { } usual ? usual == detector.Entry.Name : !detector.Entry.MakesPoints;

    private string PathOfPair(KnownModel model, KnownModel detector) =>
        Path.Combine(_user.Models, $"{model.Entry.Name}.{detector.Entry.Name}.calibration.json");

    private string KeepOfPair(KnownModel model, KnownModel detector, string calibration)
    {
        var path = PathOfPair(model, detector);
        try
        {
            PrivateFile.CreateDirectory(_user.Models);
            DerivedFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(calibration)), isPrivate: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.CannotWrite, $"The calibration can't be written to {path}: {e.Message}", e);
        }
        return path;
    }

    private void NameCalibration(string name, string file)
    {
        using (var held = PrivateFile.Open(Path.Combine(_user.Models, "adding.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite))
        {
            var known = ModelManifest.Load(_user.Models)?.Models ?? [];
            var manifest = new ModelManifest
            {
                Version = ModelManifest.CurrentVersion,
                Models = [.. known.Select(e => e.Name == name ? e with { Calibration = file } : e)],
            };
            DerivedFile.Write(
                Path.Combine(_user.Models, ModelManifest.FileName),
                stream => stream.Write(Encoding.UTF8.GetBytes(manifest.ToJson())),
                isPrivate: true
            );
        }
        _models = ReadManifests();
    }
}
