using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Pipeline;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>Which image model a collection is indexed and searched with by look, and the networks.</summary>
public sealed class AppearanceModels : IDisposable
{
    private readonly ModelStore _models;
    private readonly string? _wanted;
    private readonly string _collection;
    private readonly ConcurrentDictionary<string, OnDemand<AppearanceReader>> _readers = new(StringComparer.Ordinal);

    /// <param name="models">All models.</param>
    /// <param name="wanted">Name of the model that was asked for; null for the collection's own.</param>
    /// <param name="collection">The collection's directory, for messages.</param>
    internal AppearanceModels(ModelStore models, string? wanted, string collection) =>
        (_models, _wanted, _collection) = (models, wanted, collection);

    /// <summary>The model of a collection that holds nothing yet: the one asked for, else the default one.</summary>
    internal KnownModel Default => _models.Resolve(ModelKind.ImageEmbedding, _wanted);

    /// <summary>
    /// The model that the collection is searched with: the one asked for, else one that its photos were indexed with, else the default one.
    /// </summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public KnownModel Of(IEmbeddingReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Of(_wanted is null ? SpacesOf(reader) : []);
    }

    private KnownModel Of(StoredSpace[] spaces)
    {
        if (_wanted is not null)
            return _models.Resolve(ModelKind.ImageEmbedding, _wanted);
        var keys = spaces.Select(space => space.Space.Key).ToHashSet(StringComparer.Ordinal);
        return _models.Models.FirstOrDefault(model =>
            model.Entry.Makes == ModelKind.ImageEmbedding && keys.Contains(EmbedderKey.Of(model.Entry))
        ) ?? _models.Default(ModelKind.ImageEmbedding);
    }

    /// <summary>How many photos can be found by look; null when the collection has no space of photos of its model.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public long? CountPhotos(IEmbeddingReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var spaces = SpacesOf(reader);
        var key = EmbedderKey.Of(Of(spaces).Entry);
        return Array.Find(spaces, space => space.Space.Key == key)?.Rows;
    }

    /// <summary>The space of the photos.</summary>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    internal SpaceName SpaceOf(IEmbeddingReader reader)
    {
        var spaces = SpacesOf(reader);
        var model = Of(spaces);
        var key = EmbedderKey.Of(model.Entry);
        if (Array.Exists(spaces, space => space.Space.Key == key))
            return new SpaceName(key, model.Entry.Name);
        var command = _wanted is null ? "`sosia index DIR --look`" : $"`sosia index DIR --look-model {model.Entry.Name}`";
        throw new QueryException(
            $"The collection {_collection} holds no photo indexed by look with the model '{model.Entry.Name}': run {command} first.",
            QueryProblem.NotIndexedByLook
        );
    }

    /// <summary>The network of a model, loaded when it is first asked for.</summary>
    internal AppearanceReader ReaderOf(KnownModel model) =>
        _readers.GetOrAdd(model.Entry.Name, _ => new(() => AppearanceReader.Load(_models, model))).Value;

    /// <summary>What new photos are indexed with.</summary>
    /// <param name="reader">The catalogue; null before the first run of all.</param>
    internal DeferredAppearance ToIndex(IEmbeddingReader? reader)
    {
        var model = reader is null ? Default : Of(reader);
        return DeferredAppearance.Of(model.Entry, () => ReaderOf(model));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reader in _readers.Values)
            if (reader.IsMade)
                reader.Value.Dispose();
    }

    private static StoredSpace[] SpacesOf(IEmbeddingReader reader) =>
        [.. reader.Spaces().Where(space => space.Space.Of == SpaceKind.Photos)];
}
