using System.Buffers;
using System.Text.Json;
using Sosia.Evaluation.Rows;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Features;

/// <summary>
/// Writes the features of many images as a NumPy file, block after block; the same call goes on where an earlier one ended. The file
/// appears when it is complete, and its description beside it.
/// </summary>
public sealed class FeatureExtraction : IDisposable
{
    private const string Remedy = "choose another disk with --out, halve it with --dtype float16, or pool with --pool average";

    private readonly FeatureOptions _options;
    private readonly FeatureNetwork _network;
    private readonly IPhotoDecoder _decoder = new PhotoDecoder(new PhotoOptions());
    private readonly TimeProvider _clock;

    /// <param name="models">Where the model is.</param>
    /// <param name="model">Its name, or an ONNX file that nobody registered; null for the default image model.</param>
    /// <param name="options">What is written.</param>
    /// <param name="clock">For the time left; null for the system's.</param>
    /// <exception cref="ModelException">No such model, or it can't be run, or has no positions to average over.</exception>
    public FeatureExtraction(ModelStore models, string? model, FeatureOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options, clock ?? TimeProvider.System);
        var known =
            model?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true
                ? OnnxFiles.Open(model, Path.GetFileNameWithoutExtension(model))
                : models.Resolve(ModelKind.ImageEmbedding, model);
        _network = FeatureNetwork.Load(models, known, options);
    }

    /// <param name="models">Loads the model.</param>
    /// <param name="model">It, registered or not.</param>
    /// <param name="options">What is written.</param>
    /// <exception cref="ModelException">It can't be run, or has no positions to average over.</exception>
    public FeatureExtraction(ModelStore models, KnownModel model, FeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options, TimeProvider.System);
        _network = FeatureNetwork.Load(models, model, options);
    }

    /// <summary>Values a row.</summary>
    public int Dimensions => _network.Dimensions;

    /// <summary>Embeds all files.</summary>
    /// <param name="folder">What the description names the files from.</param>
    /// <param name="files">One a row.</param>
    /// <param name="output">The NumPy file; its description is called alike, ending in .json.</param>
    /// <param name="progress">Told after every block.</param>
    /// <param name="cancellation">Ends it after the block; the next run goes on from there.</param>
    /// <exception cref="IOException">The disk is too small, which is told before anything is computed, or refuses.</exception>
    /// <exception cref="UnreadablePhotoException">An image can't be read; a row can't be left out.</exception>
    public void Run(
        string folder,
        IReadOnlyList<string> files,
        string output,
        IProgress<RowProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        output = Path.GetFullPath(output);
        var description = JsonSerializer.SerializeToUtf8Bytes(Describe(Path.GetFullPath(folder), files), ModelManifest.Json);
        var rows = new RowFile(output, description)
        {
            Threads = _options.Threads,
            Clock = _clock,
            Remedy = Remedy,
        };
        if (_options.HalfPrecision)
            rows.Write<Half>(files.Count, [Dimensions], (row, into) => EmbedHalved(files[row], into), progress, cancellation);
        else
            rows.Write<float>(files.Count, [Dimensions], (row, into) => Embed(files[row], into), progress, cancellation);
        DerivedFile.Write(Path.ChangeExtension(output, ".json"), stream => stream.Write(description));
    }

    /// <summary>
    /// Whether a file holds the features that <see cref="Run"/> would write: of this model, prepared like this, of these files in this
    /// order.
    /// </summary>
    public bool IsMade(string folder, IReadOnlyList<string> files, string output)
    {
        if (!File.Exists(output) || FeatureDescription.Read(Path.ChangeExtension(output, ".json")) is not { } made)
            return false;
        return made.IsLike(Describe(Path.GetFullPath(folder), files));
    }

    /// <summary>
    /// Features of one photo, for one who asks with a picture that lies in no file. Any number of threads may do so at once.
    /// </summary>
    internal void Embed(Photo photo, Span<float> row) => _network.Embed(photo, row);

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void EmbedHalved(string file, Span<Half> row)
    {
        var floats = ArrayPool<float>.Shared.Rent(Dimensions);
        Embed(file, floats.AsSpan(0, Dimensions));
        for (var i = 0; i < row.Length; i++)
            row[i] = (Half)floats[i];
        ArrayPool<float>.Shared.Return(floats);
    }

    private void Embed(string file, Span<float> row)
    {
        try
        {
            _network.Embed(_decoder.Decode(PhotoFile.Read(file, new PhotoOptions())), row);
        }
        catch (UnreadablePhotoException e)
        {
            throw new UnreadablePhotoException(
                e.Reason,
                $"{file}: {e.Message} Every image needs its row, so nothing goes on without it.",
                e
            );
        }
    }

    private FeatureDescription Describe(string folder, IReadOnlyList<string> files) =>
        new()
        {
            Model = _network.Entry.Name,
            Sha256 = _network.Entry.Sha256,
            Input = _network.Entry.Input,
            Pooling = _network.Entry.Output.Pooling,
            Type = _options.HalfPrecision ? "float16" : "float32",
            Dimensions = Dimensions,
            Folder = folder,
            Files = [.. files.Select(file => Path.GetRelativePath(folder, file))],
        };
}
