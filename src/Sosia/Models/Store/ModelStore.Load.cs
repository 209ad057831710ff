using System.Security.Cryptography;
using Sosia.Models.Onnx;

namespace Sosia.Models.Store;

public sealed partial class ModelStore
{
    /// <summary>
    /// A model of more bytes is checked piece by piece and then read by the runtime itself. EfficientNetV2-L so takes 1.1 GB at most, and
    /// 1.5 GB from memory.
    /// </summary>
    internal long LargeBytes { get; init; } = RewriteCache.MaxBytes;

    /// <summary>Loads a network, its hash checked, its graph rewritten for speed.</summary>
    /// <exception cref="ModelException">The file is missing or another than the manifest names, or can't be run as the entry
    /// says.</exception>
    public OnnxSession Load(KnownModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (new FileInfo(model.Path) is { Exists: true } file && file.Length > LargeBytes)
            return LoadLarge(model);
        return OnnxSession.Load(_cache.Get(ReadChecked(model), model.Entry), model.Entry);
    }

    /// <summary>Loads a detector that makes points too, likewise.</summary>
    /// <inheritdoc cref="Load"/>
    internal DetectorSession LoadDetector(KnownModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return DetectorSession.Load(_cache.Get(ReadChecked(model), model.Entry), model.Entry);
    }

    /// <summary>The bytes of a model's file, as the manifest names them.</summary>
    /// <exception cref="ModelException">The file is missing or another than the manifest names.</exception>
    internal static byte[] ReadChecked(KnownModel model)
    {
        var original = OnnxModel.ReadFile(model.Path);
        CheckHash(model, Convert.ToHexStringLower(SHA256.HashData(original)));
        return original;
    }

    /// <summary>
    /// The file is read twice, and could be changed in between by a user who may write it; such a user could change the manifest beside it
    /// as well. The hash guards against accidents.
    /// </summary>
    private static OnnxSession LoadLarge(KnownModel model)
    {
        var scan = OnnxFileScan.Of(model.Path);
        CheckHash(model, scan.Sha256);
        if (scan.MayHaveExternalData)
            OnnxModel.Load(model.Path); // which refuses it where it has
        return OnnxSession.Load(model.Path, model.Entry);
    }

    private static void CheckHash(KnownModel model, string got)
    {
        if (got == model.Entry.Sha256)
            return;
        var remedy = model.BuiltIn ? "delete it and build or install Sosia again" : "add it again with `sosia models add`";
        throw new ModelException(
            ModelProblem.HashDiffers,
            $"{model.Path} is not the file of the model '{model.Entry.Name}': Expected SHA-256 {model.Entry.Sha256}, got {got}; {remedy}."
        );
    }
}
