using Microsoft.Extensions.AI;
using Sosia.Photos;

namespace Sosia;

/// <summary>Embeds image files by one network, as many at once as there are cores.</summary>
/// <param name="model">The network's name, and the length of its rows.</param>
/// <param name="read">The row of a file's bytes, given a name for messages.</param>
internal sealed class PhotoEmbeddingGenerator(
    Func<(string Name, int Dimensions)> model,
    Func<byte[], string, CancellationToken, float[]> read
) : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        var (name, dimensions) = model();
        Check(options, name, dimensions);
        DataContent[] photos = [.. values];
        var made = new Embedding<float>[photos.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForAsync(0, photos.Length, parallel, (i, ended) =>
        {
            made[i] = new Embedding<float>(Read(photos[i], photos[i].Name ?? $"photo {i + 1}", ended)) { ModelId = name };
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
        return serviceType == typeof(EmbeddingGeneratorMetadata) && model() is var (name, dimensions)
            ? new EmbeddingGeneratorMetadata("sosia", defaultModelId: name, defaultModelDimensions: dimensions)
            : null;
    }

    /// <summary>The network belongs to the collection.</summary>
    public void Dispose() { }

    private float[] Read(DataContent photo, string name, CancellationToken cancellation)
    {
        try
        {
            return read(photo.Data.ToArray(), name, cancellation);
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UnreadablePhotoException(unreadable.Reason, $"{name}: {unreadable.Message}", unreadable);
        }
    }

    private static void Check(EmbeddingGenerationOptions? options, string name, int dimensions)
    {
        if (options?.ModelId is { } wanted && wanted != name)
            throw new ArgumentException(
                $"This generator has the model '{name}', not '{wanted}': open a collection with that model.",
                nameof(options)
            );
        if (options?.Dimensions is { } length && length != dimensions)
            throw new ArgumentException($"The model '{name}' makes rows of {dimensions} numbers, not of {length}.", nameof(options));
    }
}
