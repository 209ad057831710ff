using System.Buffers;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Embeddings;

/// <summary>Turns whole photos into rows with a network of the manifest. One is shared by all threads.</summary>
internal sealed class ImageEmbedder : IDisposable
{
    /// <summary>What stands beside a picture that does not fill the input.</summary>
    private const byte Grey = 127;

    private readonly OnnxSession _session;
    private readonly Preprocessing _preprocessing;
    private readonly ModelEntry _entry;

    /// <param name="session">The network; owned by the embedder from here on.</param>
    /// <param name="entry">Its manifest entry.</param>
    /// <exception cref="ArgumentException">The model makes something else.</exception>
    public ImageEmbedder(OnnxSession session, ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Makes != ModelKind.ImageEmbedding)
            throw new ArgumentException($"Expected a model for image embeddings, got '{entry.Name}' for {entry.Makes}.", nameof(entry));
        (_session, _entry) = (session, entry);
        _preprocessing = new Preprocessing(entry.Input);
        SpaceKey = EmbedderKey.Of(entry);
    }

    /// <summary>Loads the embedder of a name, else the default one.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else, is missing, damaged or can't be run.</exception>
    public static ImageEmbedder Load(ModelStore models, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        var model = models.Resolve(ModelKind.ImageEmbedding, name);
        return new ImageEmbedder(models.Load(model), model.Entry);
    }

    /// <summary>Floats a row.</summary>
    public int Dimensions => _entry.Output.Dimensions;

    /// <summary>SHA-256 of the model file and of the preprocessing, in hex: the space these rows belong to.</summary>
    public string SpaceKey { get; }

    /// <summary>The model's name in the manifest.</summary>
    public string Model => _entry.Name;

    /// <summary>Embeds a photo.</summary>
    /// <param name="photo">Of any size.</param>
    /// <param name="row"><see cref="Dimensions"/> floats, written; of unit length where the model's metric is cosine.</param>
    /// <exception cref="ArgumentException">The row has another length.</exception>
    /// <param name="cancellation">Ends the network's run.</param>
    /// <exception cref="ModelException">The network failed or gave a zero vector.</exception>
    public void Embed(Photo photo, Span<float> row, CancellationToken cancellation = default)
    {
        if (!TryEmbed(photo, row, cancellation))
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{_entry.Name}' gave a zero vector for a photo; check its manifest entry (mean, scale, channels)."
            );
    }

    /// <summary>Embeds a photo of which the network may make nothing.</summary>
    /// <inheritdoc cref="Embed" path="/param"/>
    /// <returns>False when the model's metric is cosine and the row has no direction.</returns>
    /// <exception cref="ArgumentException">The row has another length.</exception>
    /// <exception cref="ModelException">The network failed.</exception>
    public bool TryEmbed(Photo photo, Span<float> row, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        if (row.Length != Dimensions)
            throw new ArgumentException($"Expected {Dimensions} floats, got {row.Length}.", nameof(row));
        var pixels = ArrayPool<byte>.Shared.Rent(_entry.Input.Width * _entry.Input.Height * Photo.Channels);
        var tensor = ArrayPool<float>.Shared.Rent(_preprocessing.Floats);
        try
        {
            var fitted = pixels.AsSpan(0, _entry.Input.Width * _entry.Input.Height * Photo.Channels);
            Fit(photo, fitted);
            _preprocessing.Fill(fitted, tensor.AsSpan(0, _preprocessing.Floats));
            Run(tensor.AsSpan(0, _preprocessing.Floats), row, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
            ArrayPool<float>.Shared.Return(tensor);
        }
        return _entry.Output.Metric != "cosine" || UnitLength.TryNormalise(row);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>Brings a photo to the size of the input.</summary>
    internal void Fit(Photo photo, Span<byte> into)
    {
        var input = _entry.Input;
        double across = (double)input.Width / photo.Width,
            down = (double)input.Height / photo.Height;
        if (input.Fit == InputFit.Pad)
        {
            FitInside(photo, Math.Min(across, down), into);
            return;
        }
        var whole = new Region(0, 0, photo.Width, photo.Height);
        var cover = Math.Max(across, down);
        var middle = new Region(
            (photo.Width - input.Width / cover) / 2,
            (photo.Height - input.Height / cover) / 2,
            input.Width / cover,
            input.Height / cover
        );
        PictureScaler.Resize(
            photo.Pixels,
            photo.Width,
            input.Fit == InputFit.CentreCrop ? middle : whole,
            into,
            input.Width,
            input.Interpolation
        );
    }

    private void FitInside(Photo photo, double scale, Span<byte> into)
    {
        var input = _entry.Input;
        var width = Math.Clamp((int)Math.Round(photo.Width * scale), 1, input.Width);
        var height = Math.Clamp((int)Math.Round(photo.Height * scale), 1, input.Height);
        var inside = new byte[width * height * Photo.Channels];
        PictureScaler.Resize(photo.Pixels, photo.Width, new Region(0, 0, photo.Width, photo.Height), inside, width, input.Interpolation);
        into.Fill(Grey);
        var (left, top, line) = ((input.Width - width) / 2, (input.Height - height) / 2, width * Photo.Channels);
        for (var y = 0; y < height; y++)
            inside.AsSpan(y * line, line).CopyTo(into[(((top + y) * input.Width + left) * Photo.Channels)..]);
    }

    private void Run(ReadOnlySpan<float> tensor, Span<float> row, CancellationToken cancellation)
    {
        if (_entry.Output.Pooling == "none")
        {
            _session.Run(tensor, 1, row, cancellation: cancellation);
            return;
        }
        var maps = ArrayPool<float>.Shared.Rent(_session.FloatsOf(0));
        try
        {
            var output = maps.AsSpan(0, _session.FloatsOf(0));
            _session.Run(tensor, 1, output, cancellation: cancellation);
            Average(output, row);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(maps);
        }
    }

    /// <summary>The mean of every channel over all positions.</summary>
    private void Average(ReadOnlySpan<float> maps, Span<float> row)
    {
        var positions = maps.Length / row.Length;
        var (channelStep, positionStep) = _entry.Input.Layout == TensorLayout.Nchw ? (positions, 1) : (1, row.Length);
        for (var c = 0; c < row.Length; c++)
        {
            double sum = 0;
            for (var p = 0; p < positions; p++)
                sum += maps[c * channelStep + p * positionStep];
            row[c] = (float)(sum / positions);
        }
    }
}
