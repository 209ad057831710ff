using System.Buffers;
using System.Numerics;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Embeddings;

/// <summary>Turns aligned faces into rows with a network of the manifest. One is shared by all threads.</summary>
internal sealed class FaceEmbedder : IFaceEmbedder, IDisposable
{
    private readonly OnnxSession _session;
    private readonly Preprocessing _preprocessing;
    private readonly ModelEntry _entry;

    /// <param name="session">The network; owned by the embedder from here on.</param>
    /// <param name="entry">Its manifest entry.</param>
    /// <exception cref="ArgumentException">The model makes something else.</exception>
    public FaceEmbedder(OnnxSession session, ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Makes != ModelKind.FaceEmbedding)
            throw new ArgumentException($"Expected a model for face embeddings, got '{entry.Name}' for {entry.Makes}.", nameof(entry));
        (_session, _entry) = (session, entry);
        _preprocessing = new Preprocessing(entry.Input);
        Key = EmbedderKey.Of(entry);
    }

    /// <summary>Loads the embedder of a name, else the default one.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else, is missing, damaged or can't be run.</exception>
    public static FaceEmbedder Load(ModelStore models, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        var model = models.Resolve(ModelKind.FaceEmbedding, name);
        return new FaceEmbedder(models.Load(model), model.Entry);
    }

    /// <inheritdoc/>
    public int Dimensions => _entry.Output.Dimensions;

    /// <inheritdoc/>
    public string Key { get; }

    /// <inheritdoc/>
    public string Model => _entry.Name;

    /// <inheritdoc/>
    public int FaceSize => _entry.Input.Width;

    /// <inheritdoc/>
    public Landmarks Template => new(Point(0), Point(1), Point(2), Point(3), Point(4));

    /// <inheritdoc/>
    /// <remarks>Faces go through the network one by one: larger batches measured no faster on one thread, and cost memory.</remarks>
    /// <exception cref="ArgumentException">A face of another size, or a span of another length.</exception>
    /// <exception cref="ModelException">The network failed, or gave a zero vector or numbers that are not finite.</exception>
    public void Embed(ReadOnlySpan<AlignedFace> faces, Span<float> into, CancellationToken cancellation = default)
    {
        if (into.Length != faces.Length * Dimensions)
            throw new ArgumentException($"Expected {faces.Length} × {Dimensions} floats, got {into.Length}.", nameof(into));
        var rented = ArrayPool<float>.Shared.Rent(_preprocessing.Floats);
        try
        {
            var tensor = rented.AsSpan(0, _preprocessing.Floats);
            for (var i = 0; i < faces.Length; i++)
                EmbedOne(faces[i], tensor, into.Slice(i * Dimensions, Dimensions), cancellation);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public float Strength(AlignedFace face, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(face);
        var tensor = new float[_preprocessing.Floats];
        var row = new float[Dimensions];
        RunOne(face, tensor, row, cancellation);
        return MathF.Sqrt(row.Sum(value => value * value));
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private void EmbedOne(AlignedFace face, Span<float> tensor, Span<float> row, CancellationToken cancellation)
    {
        RunOne(face, tensor, row, cancellation);
        if (!UnitLength.TryNormalise(row))
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{_entry.Name}' gave a zero vector, or numbers that are not finite, for a face; if it does so for many "
                    + "photos, check its manifest entry (mean, scale, channels)."
            );
    }

    private void RunOne(AlignedFace face, Span<float> tensor, Span<float> row, CancellationToken cancellation)
    {
        if (face.Size != FaceSize)
            throw new ArgumentException(
                $"Expected a face of {FaceSize} × {FaceSize} pixels, got {face.Size} × {face.Size}.",
                nameof(face)
            );
        _preprocessing.Fill(face.Pixels, tensor);
        _session.Run(tensor, 1, row, cancellation: cancellation);
    }

    private Vector2 Point(int index) => new(_entry.Input.Template![index][0], _entry.Input.Template[index][1]);
}
