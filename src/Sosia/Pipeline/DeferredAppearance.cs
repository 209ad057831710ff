using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Models;

namespace Sosia.Pipeline;

/// <summary>What makes rows of whole photos, by a network that is loaded when it is needed. What its rows are is known before.</summary>
/// <param name="Space">The space of the rows.</param>
/// <param name="Load">Loads the network, or gives the one that is loaded.</param>
internal sealed record DeferredAppearance(SpaceInfo Space, Func<AppearanceReader> Load)
{
    /// <summary>The reader that <see cref="AppearanceReader.Load"/> makes of the same model.</summary>
    /// <exception cref="ModelException">The model makes rows that are too long for a collection.</exception>
    public static DeferredAppearance Of(ModelEntry entry, Func<AppearanceReader> load)
    {
        AppearanceReader.Check(entry);
        return new(new SpaceInfo(EmbedderKey.Of(entry), entry.Name, entry.Output.Dimensions, SpaceKind.Photos), load);
    }
}
