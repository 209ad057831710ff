using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Pipeline;

/// <summary>
/// Makes the row by which a whole photo is found by look, with an image network of the manifest. One is shared by all threads.
/// </summary>
internal sealed class AppearanceReader : IDisposable
{
    /// <summary>What a collection can hold; longer rows are for files (`sosia embed`).</summary>
    private const int MostDimensions = 4096;

    private readonly ImageEmbedder _embedder;

    /// <param name="embedder">The network; owned by the reader from here on.</param>
    public AppearanceReader(ImageEmbedder embedder)
    {
        _embedder = embedder;
        Space = new SpaceInfo(embedder.SpaceKey, embedder.Model, embedder.Dimensions, SpaceKind.Photos);
    }

    /// <exception cref="ModelException">The file is missing or another than the manifest names, can't be run as the entry says, or makes
    /// rows that are too long.</exception>
    public static AppearanceReader Load(ModelStore models, KnownModel model)
    {
        Check(model.Entry);
        return new AppearanceReader(new ImageEmbedder(models.Load(model), model.Entry));
    }

    /// <exception cref="ModelException">The model makes rows that are too long for a collection.</exception>
    public static void Check(ModelEntry entry)
    {
        if (entry.Output.Dimensions > MostDimensions)
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{entry.Name}' makes {entry.Output.Dimensions:N0} numbers of a photo, and a collection holds up to "
                    + $"{MostDimensions:N0}: let its manifest entry average over positions (\"pooling\": \"average\")."
            );
    }

    /// <summary>The space of the rows.</summary>
    public SpaceInfo Space { get; }

    /// <returns>A row of unit length, whatever the model's metric; empty when the network returns a zero vector.</returns>
    public float[] Read(Photo photo, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("look");
        var row = new float[_embedder.Dimensions];
        return _embedder.TryEmbed(photo, row, cancellation) && UnitLength.TryNormalise(row) ? row : [];
    }

    /// <inheritdoc/>
    public void Dispose() => _embedder.Dispose();
}
