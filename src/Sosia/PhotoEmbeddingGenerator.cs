using Microsoft.Extensions.AI;
using Sosia.Photos;

namespace Sosia;

/// <summary>A network that embeds image files.</summary>
/// <param name="Model">What it is called.</param>
/// <param name="Dimensions">The length of its rows.</param>
/// <param name="Read">The row of a file's bytes, given a name for messages.</param>
internal readonly record struct PhotoEmbedder(string Model, int Dimensions, Func<byte[], string, CancellationToken, float[]> Read);

/// <summary>Embeds image files by one network, as many at once as there are cores.</summary>
/// <param name="choose">The network, asked for once a call: the catalogue may have to say which.</param>
internal sealed class PhotoEmbeddingGenerator(Func<PhotoEmbedder> choose) : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        var embedder = choose();
        Check(options, embedder);
        DataContent[] photos = [.. values];
        var made = new Embedding<float>[photos.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForAsync(0, photos.Length, parallel, (i, ended) =>
        {
            made[i] = new Embedding<float>(Read(embedder, photos[i], i + 1, ended)) { ModelId = embedder.Model };
            return ValueTask.CompletedTask;
        });
        return [.. made];
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType.IsInstanceOfType(this))
            return this;
        return serviceType == typeof(EmbeddingGeneratorMetadata) && choose() is var embedder
            ? new EmbeddingGeneratorMetadata("sosia", defaultModelId: embedder.Model, defaultModelDimensions: embedder.Dimensions)
            : null;
    }

    /// <summary>The network belongs to the collection.</summary>
    public void Dispose() { }

    private static float[] Read(PhotoEmbedder embedder, DataContent photo, int number, CancellationToken cancellation)
    {
        var name = photo.Name ?? $"photo {number}";
        try
        {
            return embedder.Read(photo.Data.ToArray(), name, cancellation);
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UnreadablePhotoException(unreadable.Reason, $"{name}: {unreadable.Message}", unreadable);
        }
    }

    private static void Check(EmbeddingGenerationOptions? options, PhotoEmbedder embedder)
    {
        var (name, dimensions, _) = embedder;
        if (options?.ModelId is { } wanted && wanted != name)
            throw new ArgumentException(
                $"This generator has the model '{name}', not '{wanted}': open a collection with that model.",
                nameof(options)
            );
        if (options?.Dimensions is { } length && length != dimensions)
            throw new ArgumentException($"The model '{name}' makes rows of {dimensions} numbers, not of {length}.", nameof(options));
    }
}
