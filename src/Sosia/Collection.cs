using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Maintenance;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.People;
using Sosia.Photos.Decoders;
using Sosia.Pictures;
using Sosia.Search;
using Sosia.Search.Ranking;

namespace Sosia;

/// <summary>
/// A collection of photos that can be searched for people: index folders, ask who appears where. Safe for many callers; one process
/// indexes at a time, any number may search meanwhile and see what has been committed.
/// </summary>
public sealed class Collection : IDisposable
{
    private readonly IVectorStore _vectors;
    private readonly LoadedNetworks _networks;

    private Collection(CollectionOptions options, CollectionStores stores, ModelStore models)
    {
        var decoder = new PhotoDecoder(options.Photos);
        var pictures = new PictureCache(options.Directory);
        var originals = new Originals(options.Photos);
        (Directory, Store) = (options.Directory, options.Store);
        Catalogue = new CatalogueReaders(stores.Catalogue);
        _networks = new LoadedNetworks(models, options);
        _vectors = stores.Vectors;
        Meanings = new ScoreMeanings(() => Model, () => _networks.CalibrationPath, () => Space.Key, Directory);
        Looks = new AppearanceModels(models, options.LookModel, options.Directory);
        Indexing = new CollectionIndexing(stores.Catalogue, Catalogue, decoder, _networks, Looks, _vectors, options);
        Queries = new QueryReader(
            Catalogue,
            _vectors,
            FaceSpace,
            limits => new PhotoDecoder(limits),
            options.Photos,
            _networks.Pipeline,
            Looks
        );
        Searching = new PhotoSearch(Catalogue, _vectors, FaceSpace, Meanings, Looks, _networks.Pipeline, options.Clock);
        Pictures = new CollectionPictures(Catalogue, pictures, originals, decoder, () => _networks.Pipeline().Aligner);
        var drawn = new DrawnFaces(Catalogue, originals, decoder, _networks.Pipeline);
        People = new(options.Directory, Catalogue, _vectors, FaceSpace, Queries, Searching, Meanings, drawn, options.Clock);
        var log = options.Loggers.CreateLogger<CollectionMaintenance>();
        Maintenance = new(options.Directory, stores.Catalogue, stores.Backup, Catalogue, _vectors, pictures, options.Clock, log);
    }

    /// <summary>Opens a collection; its directory is made by the first run of <see cref="Indexing"/>. Networks are loaded when first
    /// needed.</summary>
    /// <exception cref="ModelException">The model manifest can't be read, or names no such model.</exception>
    /// <exception cref="CatalogueException">The store can't be reached, or refuses.</exception>
    public static Collection Open(CollectionOptions options) => Open(options, ModelStore.Open());

    internal static Collection Open(CollectionOptions options, ModelStore models)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.Check(options);
        var opened = options.Store?.Open(options);
        options = options with { Directory = opened?.Directory ?? options.Directory };
        CollectionFiles.Close(options.Directory);
        return new Collection(options, opened?.Stores ?? CollectionStores.InDirectory(options), models);
    }

    /// <summary>Where the collection is kept; with a <see cref="Store"/>, the files of this machine.</summary>
    public string Directory { get; }

    /// <summary>The database that keeps the collection; null where the directory does.</summary>
    public CollectionStore? Store { get; }

    /// <summary>The face model in use.</summary>
    public KnownModel Model => _networks.Model;

    /// <summary>The space of the faces, as it is made now; the collection may hold no row of it.</summary>
    public SpaceInfo Space => _networks.Space;

    /// <summary>What the collection holds, as committed.</summary>
    public CatalogueReaders Catalogue { get; }

    /// <summary>Brings the collection up to date with folders and files.</summary>
    public CollectionIndexing Indexing { get; }

    /// <summary>Makes photos to search with.</summary>
    public QueryReader Queries { get; }

    /// <summary>Finds photos.</summary>
    public PhotoSearch Searching { get; }

    /// <summary>What scores mean.</summary>
    public ScoreMeanings Meanings { get; }

    /// <summary>The image models of search by look.</summary>
    public AppearanceModels Looks { get; }

    /// <summary>Who is who: groups of faces, and what was said of them.</summary>
    public CollectionPeople People { get; }

    /// <summary>Pictures of photos and faces.</summary>
    public CollectionPictures Pictures { get; }

    /// <summary>Forgets, checks, backs up and restores.</summary>
    public CollectionMaintenance Maintenance { get; }

    /// <inheritdoc cref="CollectionIndexing.Run"/>
    public Task<IndexSummary> IndexAsync(
        IReadOnlyList<string> roots,
        IndexOptions? options = null,
        IProgress<IndexProgress>? progress = null,
        CancellationToken cancellation = default
    ) => OnAThread.Run(() => Indexing.Run(roots, options, progress, cancellation));

    /// <inheritdoc cref="QueryReader.Read(string, SearchBy, int?, CancellationToken)"/>
    public Task<QueryPhoto> ReadQueryAsync(
        string path,
        SearchBy by = SearchBy.Person,
        int? face = null,
        CancellationToken cancellation = default
    ) => OnAThread.Run(() => Queries.Read(path, by, face, cancellation));

    /// <inheritdoc cref="PhotoSearch.Search"/>
    public Task<SearchResult> SearchAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    ) => Searching.SearchAsync(references, options, cancellation);

    /// <summary>Loads the networks now, which the first query would else wait for.</summary>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public void Warm() => _ = _networks.Pipeline();

    /// <inheritdoc/>
    public void Dispose()
    {
        Maintenance.Dispose();
        _vectors.Dispose();
        Catalogue.Dispose();
        _networks.Dispose();
        Looks.Dispose();
    }

    private SpaceName FaceSpace() => new(Space.Key, Space.Model);
}
