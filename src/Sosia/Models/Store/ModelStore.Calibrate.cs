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
    /// <returns>Where it lies.</returns>
    /// <exception cref="ModelException">The directory can't be written, or a built-in model's manifest names no calibration.</exception>
    public string KeepCalibration(KnownModel model, string calibration)
    {
        ArgumentNullException.ThrowIfNull(model);
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
