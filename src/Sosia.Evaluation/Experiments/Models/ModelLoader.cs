using System.Security.Cryptography;
using System.Text;
using Sosia.Evaluation.Experiments.Products;
using Sosia.Evaluation.Features;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Rows;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Store;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments.Models;

/// <summary>
/// Makes what the words of <c>--models</c> mean: features are computed where they are missing or belong to something else.
/// </summary>
/// <param name="folder">The images.</param>
/// <param name="store">Registered models.</param>
/// <param name="options">Where work is kept, and how.</param>
internal sealed class ModelLoader(LabelledFolder folder, ModelStore store, ExperimentOptions options)
{
    private const int HashLetters = 12;

    /// <summary>Says no to what can't be loaded, before hours go into what can.</summary>
    /// <exception cref="ModelException">No such model, or it is of another kind, or can't be run, or gives no row of numbers.</exception>
    /// <exception cref="ArgumentException">A file of features doesn't belong to the folder.</exception>
    /// <exception cref="IOException">A file of features is damaged or can't be read.</exception>
    public void Check(ModelSpec spec)
    {
        switch (spec.Word)
        {
            case ModelWord.Registered:
                Network(Registered(spec.Source)).Dispose();
                break;
            case ModelWord.Onnx:
                Network(OnnxFiles.Open(spec.Source, spec.Name)).Dispose();
                break;
            case ModelWord.Features:
                CheckRows(spec.Source);
                break;
        }
    }

    /// <summary>The model with its features.</summary>
    /// <param name="spec">Which.</param>
    /// <param name="embedded">The faces of the images.</param>
    /// <param name="progress">Told of features computed.</param>
    /// <param name="cancellation">Ends it; what is done is kept.</param>
    public IExperimentModel Load(
        ModelSpec spec,
        EmbeddedFolder embedded,
        IProgress<RowProgress>? progress,
        CancellationToken cancellation
    ) =>
        spec.Word switch
        {
            ModelWord.Face => new FaceModel(spec.Name, embedded, store, options.FaceModel),
            ModelWord.Features => new ImageModel(spec.Name, $"file-{Hash(Path.GetFullPath(spec.Source))}", spec.Source, network: null),
            ModelWord.Untrained => WithFeatures(spec.Name, Untrained(), progress, cancellation),
            ModelWord.Onnx => WithFeatures(spec.Name, OnnxFiles.Open(spec.Source, spec.Name), progress, cancellation),
            _ => WithFeatures(spec.Name, Registered(spec.Source), progress, cancellation),
        };

    /// <summary>Where the sums over pairs of a model's rows are kept.</summary>
    public (string Path, PairSum Sum) TableOf(IExperimentModel model, PairSum sum) =>
        (Path.Combine(options.Work, model.Key, sum == PairSum.Products ? "products.npy" : "differences.npy"), sum);

    private ImageModel WithFeatures(string name, KnownModel model, IProgress<RowProgress>? progress, CancellationToken cancellation)
    {
        var network = Network(model);
        try
        {
            // Named after the model's file, so that two of one name don't meet.
            var key = $"{model.Entry.Sha256[..HashLetters]}-{(options.HalfPrecision ? "float16" : "float32")}";
            var path = Path.Combine(options.Work, key, "features.npy");
            if (!network.IsMade(folder.Root, folder.Files, path))
                network.Run(folder.Root, folder.Files, path, progress, cancellation);
            return new ImageModel(name, key, path, network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private FeatureExtraction Network(KnownModel model) => new(store, model, new FeatureOptions { HalfPrecision = options.HalfPrecision });

    private KnownModel Registered(string name)
    {
        try
        {
            return store.Resolve(ModelKind.ImageEmbedding, name);
        }
        catch (ModelException unknown) when (unknown.Problem == ModelProblem.Unknown)
        {
            throw new ModelException(
                ModelProblem.Unknown,
                $"{unknown.Message.TrimEnd('.')}; here 'face' is the face network, 'untrained' the student project's with random "
                    + "weights, and FILE.onnx one of yours.",
                unknown
            );
        }
    }

    private KnownModel Untrained()
    {
        var path = Path.Combine(options.Work, $"untrained-{options.Seed}.onnx");
        if (!File.Exists(path))
            OnnxModel.Save(UntrainedBaseline.Make(options.Seed), path);
        return OnnxFiles.Open(path, "untrained");
    }

    /// <summary>Rows of other files, or in another order, would be compared with the wrong people.</summary>
    private void CheckRows(string path)
    {
        if (!File.Exists(path))
            throw new ArgumentException($"There is no file {path}; write it with `sosia embed`.");
        var beside = Path.ChangeExtension(path, ".json");
        var files =
            FeatureDescription.Read(beside)?.Files
            ?? throw new ArgumentException(
                $"{path} has no {Path.GetFileName(beside)} beside it that says which image each row is of; write both with `sosia embed`."
            );
        for (var row = 0; row < Math.Max(files.Count, folder.Files.Count); row++)
        {
            var (expected, got) = (
                row < folder.Files.Count ? Path.GetRelativePath(folder.Root, folder.Files[row]) : "nothing",
                row < files.Count ? files[row] : "nothing"
            );
            if (expected != got)
                throw new ArgumentException(
                    $"{path} does not belong to {folder.Root}: row {row} should be of {expected}, and is of {got}; write it anew with "
                        + "`sosia embed`."
                );
        }
        using var rows = NpyRows.Open(path);
        if (rows.Count != files.Count)
            throw new ArgumentException(
                $"{path} holds {rows.Count:N0} rows, and {Path.GetFileName(beside)} beside it names {files.Count:N0} files; write both "
                    + "anew with `sosia embed`."
            );
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLetters];
}
