using System.Security.Cryptography;
using System.Text;
using Sosia.Models.Onnx;
using Sosia.Vectors.Files;

namespace Sosia.Models.Store;

public sealed partial class ModelStore
{
    /// <summary>Adds a model to the user's own: the file is checked, run once, copied, and then named in the user's manifest.</summary>
    /// <param name="onnxFile">The ONNX file; all its constants inside.</param>
    /// <param name="entry">Its manifest entry; its file name and hash are those of the copy afterwards.</param>
    /// <returns>The model as it is now known.</returns>
    /// <exception cref="ModelException">The name is taken, the file is not what the entry says or can't be run, or the user's directory
    /// can't be written. Nothing has changed then.</exception>
    public KnownModel Add(string onnxFile, ModelEntry entry)
    {
        CheckEntry(entry);
        var bytes = OnnxModel.ReadFile(onnxFile);
        CheckBytes(bytes, onnxFile, entry);
        OnnxModel.Parse(bytes, onnxFile);
        return RunAndKeep(bytes, entry);
    }

    /// <summary>Adds a model that was made in memory.</summary>
    /// <inheritdoc cref="Add(string, ModelEntry)"/>
    /// <param name="onnx">The bytes of an ONNX file; all its constants inside.</param>
    /// <param name="entry">Its manifest entry.</param>
    public KnownModel Add(byte[] onnx, ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        CheckEntry(entry);
        CheckBytes(onnx, "The new model", entry);
        return RunAndKeep(onnx, entry);
    }

    /// <summary>Removes one of the user's own models: its entry first, then its files. Rows that it made stay in collections.</summary>
    /// <param name="name">The model.</param>
    /// <returns>The model as it was.</returns>
    /// <exception cref="ModelException">There is no such model, it came with Sosia, another model is used with it, or the user's directory
    /// can't be written; nothing has changed then.</exception>
    public KnownModel Remove(string name)
    {
        var model = Find(name);
        if (model.BuiltIn)
            throw new ModelException(ModelProblem.CannotWrite, $"The model '{name}' came with Sosia; only added models are removed.");
        if (_models.Find(other => other.Entry.Detector == name) is { } user)
            throw new ModelException(
                ModelProblem.CannotWrite,
                $"The model '{user.Entry.Name}' is used with the detector '{name}': remove that one first."
            );
        try
        {
            using var held = PrivateFile.Open(Path.Combine(_user.Models, "adding.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite);
            var left = (ModelManifest.Load(_user.Models)?.Models ?? []).Where(entry => entry.Name != name).ToArray();
            Write(new ModelManifest { Version = ModelManifest.CurrentVersion, Models = left });
            File.Delete(model.Path);
            foreach (var calibration in Directory.EnumerateFiles(_user.Models, $"{name}.*calibration.json"))
                File.Delete(calibration);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.CannotWrite, $"The model '{name}' can't be removed from {_user.Models}: {e.Message}", e);
        }
        _models = ReadManifests();
        return model;
    }

    private void Write(ModelManifest manifest) =>
        DerivedFile.Write(
            Path.Combine(_user.Models, ModelManifest.FileName),
            stream => stream.Write(Encoding.UTF8.GetBytes(manifest.ToJson())),
            isPrivate: true
        );

    private void CheckEntry(ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        entry.Check("The new entry");
        if (_models.Exists(m => SameName(m.Entry.Name, entry.Name)))
            throw Taken(entry.Name);
        if (entry.Calibration is not null)
            throw new ModelException(
                ModelProblem.BadManifest,
                $"The entry '{entry.Name}' names a calibration, and only the model is added; leave it out."
            );
    }

    private static void CheckBytes(byte[] bytes, string name, ModelEntry entry)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (hash != entry.Sha256)
            throw new ModelException(
                ModelProblem.HashDiffers,
                $"{name} is not the file that the entry '{entry.Name}' means: Expected SHA-256 {entry.Sha256}, got {hash}; give the "
                    + "right file or correct the entry."
            );
    }

    /// <summary>Adds several models that belong together: all, or none.</summary>
    /// <inheritdoc cref="Add(string, ModelEntry)"/>
    /// <param name="models">The bytes of each ONNX file, and its manifest entry.</param>
    internal IReadOnlyList<KnownModel> AddAll(IReadOnlyList<(byte[] Onnx, ModelEntry Entry)> models)
    {
        foreach (var (onnx, entry) in models)
        {
            CheckEntry(entry);
            CheckBytes(onnx, "The new model", entry);
        }
        return RunAndKeep(models);
    }

    private KnownModel RunAndKeep(byte[] bytes, ModelEntry entry) => RunAndKeep([(bytes, entry)])[0];

    private KnownModel[] RunAndKeep(IReadOnlyList<(byte[] Onnx, ModelEntry Entry)> models)
    {
        foreach (var (onnx, entry) in models)
            if (entry.MakesPoints)
                RunDetectorOnce(onnx, entry);
            else
                RunOnce(onnx, entry);
        Keep([.. models.Select(model => (model.Onnx, model.Entry with { File = $"{model.Entry.Name}.onnx" }))]);
        _models = ReadManifests();
        return [.. models.Select(model => Find(model.Entry.Name))];
    }

    private void RunDetectorOnce(byte[] bytes, ModelEntry entry)
    {
        using var session = DetectorSession.Load(_cache.Get(bytes, entry), entry);
        var outputs = session.Run(NoiseFor(entry), CancellationToken.None);
        if (!outputs.SelectMany(stride => stride).All(part => Array.TrueForAll(part, float.IsFinite)))
            throw NoNumbers(entry);
    }

    /// <summary>A picture of noise as the network takes it.</summary>
    private static float[] NoiseFor(ModelEntry entry)
    {
        var preprocessing = new Preprocessing(entry.Input);
        var pixels = new byte[entry.Input.Width * entry.Input.Height * 3];
        new Random(1).NextBytes(pixels);
        var tensor = new float[preprocessing.Floats];
        preprocessing.Fill(pixels, tensor);
        return tensor;
    }

    private static ModelException NoNumbers(ModelEntry entry) =>
        new(
            ModelProblem.DoesNotFit,
            $"The model '{entry.Name}' gives values that are no numbers for a picture of noise; check its manifest entry (mean, scale)."
        );

    /// <summary>Runs the rewritten graph on a picture of noise: what fails or gives no numbers here would fail on every photo.</summary>
    private void RunOnce(byte[] bytes, ModelEntry entry)
    {
        using var session = OnnxSession.Load(_cache.Get(bytes, entry), entry);
        var output = new float[session.FloatsOf(0)];
        session.Run(NoiseFor(entry), 1, output, new float[entry.Output.Scores is null ? 0 : session.FloatsOf(1)]);
        if (!Array.TrueForAll(output, float.IsFinite))
            throw NoNumbers(entry);
        if (Array.TrueForAll(output, v => v == 0))
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{entry.Name}' gives only zeros for a picture of noise; check its manifest entry (mean, scale)."
            );
    }

    /// <summary>
    /// Writes the files, then the manifest with their entries; both under a lock, and read again, since another process may be adding too.
    /// </summary>
    private void Keep(IReadOnlyList<(byte[] Onnx, ModelEntry Entry)> added)
    {
        try
        {
            PrivateFile.CreateDirectory(_user.Models);
            using var held = PrivateFile.Open(Path.Combine(_user.Models, "adding.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite);
            var known = ModelManifest.Load(_user.Models)?.Models ?? [];
            foreach (var (_, entry) in added)
                if (known.Any(e => SameName(e.Name, entry.Name)))
                    throw Taken(entry.Name);
            var manifest = new ModelManifest
            {
                Version = ModelManifest.CurrentVersion,
                Models = [.. known, .. added.Select(model => model.Entry)],
            };
            foreach (var (onnx, entry) in added)
                DerivedFile.Write(Path.Combine(_user.Models, entry.File), stream => stream.Write(onnx), isPrivate: true);
            Write(manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(
                ModelProblem.CannotWrite,
                $"The model '{added[^1].Entry.Name}' can't be added to {_user.Models}: {e.Message}",
                e
            );
        }
    }

    private static ModelException Taken(string name) =>
        new(ModelProblem.BadManifest, $"There is a model '{name}' already; give the new one another name.");

    /// <summary>A file is named after its model, and some file systems don't tell capitals apart.</summary>
    private static bool SameName(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
