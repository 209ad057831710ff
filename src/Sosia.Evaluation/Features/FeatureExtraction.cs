using System.Text.Json;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Features;

/// <summary>
/// Writes the features of many images as a NumPy file, block after block; the same call goes on where an earlier one ended. The file appears
/// when it is complete, and its description beside it.
/// </summary>
public sealed class FeatureExtraction : IDisposable
{
    /// <summary>Rows that are computed, written and handed to the disk together.</summary>
    private const int Block = 64;

    private readonly FeatureOptions _options;
    private readonly FeatureNetwork _network;
    private readonly IPhotoDecoder _decoder = new VipsPhotoDecoder(new PhotoOptions());
    private readonly TimeProvider _clock;

    /// <param name="models">Where the model is.</param>
    /// <param name="model">Its name; null for the default image model.</param>
    /// <param name="options">What is written.</param>
    /// <param name="clock">For the time left; null for the system's.</param>
    /// <exception cref="ModelException">No such model, or it can't be run, or has no positions to average over.</exception>
    public FeatureExtraction(ModelStore models, string? model, FeatureOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options, clock ?? TimeProvider.System);
        _network = FeatureNetwork.Load(models, model, options);
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
    public void Run(string folder, IReadOnlyList<string> files, string output, IProgress<FeatureProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        output = Path.GetFullPath(output);
        var description = JsonSerializer.SerializeToUtf8Bytes(Describe(Path.GetFullPath(folder), files), ModelManifest.Json);
        CheckDisk(output, (long)files.Count * Dimensions * (_options.HalfPrecision ? 2 : 4));
        var plan = output + ".plan";
        // Rows of another model or other files are not gone on with.
        if (!(File.Exists(plan) && File.ReadAllBytes(plan).AsSpan().SequenceEqual(description)))
            File.Delete(output + ".part");
        DerivedFile.Write(plan, stream => stream.Write(description));
        if (_options.HalfPrecision) Write<Half>(files, output, Halve, progress, cancellation);
        else Write<float>(files, output, (from, to) => from.CopyTo(to), progress, cancellation);
        DerivedFile.Write(Path.ChangeExtension(output, ".json"), stream => stream.Write(description));
        File.Delete(plan);
    }

    /// <summary>Whether a file holds the features that <see cref="Run"/> would write: of this model, prepared like this, of these files in this order.</summary>
    public bool IsMade(string folder, IReadOnlyList<string> files, string output)
    {
        if (!File.Exists(output) || FeatureDescription.Read(Path.ChangeExtension(output, ".json")) is not { } made) return false;
        return made.IsLike(Describe(Path.GetFullPath(folder), files));
    }

    /// <summary>Features of one photo, for one who asks with a picture that lies in no file. Any number of threads may do so at once.</summary>
    internal void Embed(Photo photo, Span<float> row) => _network.Embed(photo, row);

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private delegate void Converter<T>(ReadOnlySpan<float> from, Span<T> to);

    private void Write<T>(IReadOnlyList<string> files, string output, Converter<T> convert, IProgress<FeatureProgress>? progress, CancellationToken cancellation) where T : unmanaged
    {
        using var writer = NpyWriter.Resume<T>(output, Dimensions);
        // A block is handed to the disk before the next one begins, so only the last may be lost to a power failure.
        writer.GoBackTo(Math.Min(Math.Max(writer.Count - 1, 0) / Block * Block, files.Count));
        var (began, first) = (_clock.GetTimestamp(), writer.Count);
        var rows = new float[Block * Dimensions];
        var converted = new T[rows.Length];
        while (writer.Count < files.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, count) = (writer.Count, Math.Min(Block, files.Count - writer.Count));
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = _options.Threads }, i => Embed(files[start + i], rows.AsSpan(i * Dimensions, Dimensions)));
            convert(rows.AsSpan(0, count * Dimensions), converted);
            writer.Append(converted.AsSpan(0, count * Dimensions));
            writer.Flush();
            var speed = (writer.Count - first) / Math.Max(_clock.GetElapsedTime(began).TotalSeconds, 1e-9);
            progress?.Report(new FeatureProgress(writer.Count, files.Count, speed, TimeSpan.FromSeconds((files.Count - writer.Count) / speed)));
        }
        writer.Complete();
    }

    private static void Halve(ReadOnlySpan<float> from, Span<Half> to)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = (Half)from[i];
    }

    private void Embed(string file, Span<float> row)
    {
        try
        {
            _network.Embed(_decoder.Decode(PhotoFile.Read(file, new PhotoOptions())), row);
        }
        catch (UnreadablePhotoException e)
        {
            throw new UnreadablePhotoException(e.Reason, $"{file}: {e.Message} Every image needs its row, so nothing goes on without it.", e);
        }
    }

    private FeatureDescription Describe(string folder, IReadOnlyList<string> files) => new()
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

    private static void CheckDisk(string output, long bytes)
    {
        var there = new FileInfo(output + ".part") is { Exists: true } part ? part.Length : 0;
        DiskSpace.Require(output, bytes - there, "choose a place on another disk, halve it with --dtype float16, or pool with --pool average");
    }
}
