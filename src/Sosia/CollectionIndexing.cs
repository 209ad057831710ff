using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Photos;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Ranking;

namespace Sosia;

/// <summary>Brings a collection up to date with folders and files.</summary>
public sealed class CollectionIndexing
{
    private readonly ICatalogueStore _store;
    private readonly CatalogueReaders _readers;
    private readonly IPhotoDecoder _decoder;
    private readonly LoadedNetworks _networks;
    private readonly AppearanceModels _looks;
    private readonly IVectorStore _vectors;
    private readonly CollectionOptions _options;

    internal CollectionIndexing(
        ICatalogueStore store,
        CatalogueReaders readers,
        IPhotoDecoder decoder,
        LoadedNetworks networks,
        AppearanceModels looks,
        IVectorStore vectors,
        CollectionOptions options
    )
    {
        (_store, _readers, _decoder, _networks) = (store, readers, decoder, networks);
        (_looks, _vectors, _options) = (looks, vectors, options);
    }

    /// <summary>Brings the collection up to date with folders and files. What was committed survives whatever happens.</summary>
    /// <param name="roots">Folders and files.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of every photo after it was committed, on the thread that runs.</param>
    /// <param name="cancellation">Ends the run after the photos in flight; the next run goes on from there.</param>
    /// <exception cref="CatalogueException">Locked by another run, damaged, read-only or the disk is full.</exception>
    /// <exception cref="UnreadablePhotoException">A root that is not there and was never indexed.</exception>
    public IndexSummary Run(
        IReadOnlyList<string> roots,
        IndexOptions? options = null,
        IProgress<IndexProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(roots);
        options ??= new();
        OptionsCheck.Check(options);
        var look = options.Look ? LookToIndex() : null;
        var indexer = new Indexer(_store, _options.Directory, _options.Photos, _decoder, _networks.Deferred)
        {
            Clock = _options.Clock,
            Look = look,
        };
        var summary = indexer.Run(roots, options, progress, cancellation);
        Log.Indexed(
            _options.Loggers.CreateLogger<CollectionIndexing>(),
            summary.Photos,
            summary.Faces,
            summary.Elapsed.TotalSeconds,
            summary.Skipped,
            summary.Removed,
            summary.Failures.Count
        );
        _vectors.Renew(NameOf(_networks.Space), cancellation);
        if (look is not null)
            _vectors.Renew(NameOf(look.Space), cancellation);
        return summary;
    }

    /// <summary>What new photos are indexed with by look.</summary>
    private DeferredAppearance LookToIndex()
    {
        try
        {
            return _readers.Ask(reader => _looks.ToIndex(reader));
        }
        catch (CatalogueException none) when (none.Problem == CatalogueProblem.Missing)
        {
            return _looks.ToIndex(null); // the first run of all
        }
    }

    private static SpaceName NameOf(SpaceInfo space) => new(space.Key, space.Model);
}
