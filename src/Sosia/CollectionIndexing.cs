using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Photos;
using Sosia.Photos.Folders;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Ranking;

namespace Sosia;

/// <summary>Brings a collection up to date with folders and files.</summary>
public sealed class CollectionIndexing
{
    /// <summary>Seconds until a run is tried again while another process indexes.</summary>
    private const int WaitForOthers = 5;

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
        var summary = IndexerFor(look, options.Again, options.Places).Run(roots, options, progress, cancellation);
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

    /// <summary>Reads files that wait in the queue of the collection's store, until none is left that this process can read.</summary>
    /// <param name="order">How they are to be read.</param>
    /// <param name="map">Where the originals lie on this machine.</param>
    /// <param name="workers">Photos worked on at once.</param>
    /// <param name="progress">As for <see cref="Run"/>.</param>
    /// <param name="cancellation">Ends the work; what was not stored is given back.</param>
    /// <exception cref="CatalogueException">This process would make something else of the files, or the store can't be reached.</exception>
    internal IndexSummary Work(
        WorkOrder order,
        PathMap map,
        int workers,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellation
    )
    {
        var look = order.LookModel is null ? null : _looks.ToIndex(null);
        var indexer = IndexerFor(look, order.Again, order.Places);
        order.ThrowUnlessSame(indexer.Order);
        return indexer.Work(map, workers, progress, cancellation);
    }

    private Indexer IndexerFor(DeferredAppearance? look, bool again, bool places)
    {
        var faces = _networks.Deferred;
        return new Indexer(_store, _options.Directory, _options.Photos, _decoder, faces)
        {
            Clock = _options.Clock,
            Look = look,
            Order = new WorkOrder(
                _networks.Model.Entry.Name,
                _options.Detector,
                _options.Quality,
                _options.Photos,
                look?.Space.Model,
                again,
                places,
                faces.Space.Key,
                faces.FoundBy.Key,
                look?.Space.Key,
                PhotoDescriptor.Version
            ),
        };
    }

    /// <summary>
    /// Brings the collection up to date, and keeps it so: what changes in the folders is indexed when it has come to rest. Everything is
    /// looked at again from time to time, for a network drive tells of no change.
    /// </summary>
    /// <param name="roots">As for <see cref="Run"/>.</param>
    /// <param name="options">As there.</param>
    /// <param name="every">How often everything is looked at.</param>
    /// <param name="progress">As there.</param>
    /// <param name="done">Told of each run; of the first one, and of those that found something.</param>
    /// <param name="problem">Told, in a sentence, of what keeps changes from being seen at once.</param>
    /// <param name="cancellation">Ends the watching, which it does not do by itself.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <inheritdoc cref="Run" path="/exception"/>
    public void Watch(
        IReadOnlyList<string> roots,
        IndexOptions? options,
        TimeSpan every,
        IProgress<IndexProgress>? progress,
        Action<IndexSummary> done,
        Action<string> problem,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(roots);
        ArgumentNullException.ThrowIfNull(done);
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new();
        string[] paths = [.. roots.Select(Path.GetFullPath)];
        var excluded = new Excluded(options.Exclude);
        using var watch = new FolderWatch(paths, IsWanted); // before the first run: what changes during it is not missed
        if (watch.Problem is { } told)
            problem(told);
        done(Run(paths, options, progress, cancellation));
        IReadOnlyList<string>? left = [];
        while (true)
        {
            var changed = left is null || left.Count > 0 ? left : watch.Next(every, cancellation);
            try
            {
                var summary = RunOf(changed);
                left = [];
                if (summary is { } found && (found.Photos + found.Removed + found.Completed > 0 || found.Kept is not null))
                    done(found);
            }
            catch (UnreadablePhotoException) when (changed is not null)
            {
                left = null; // it went while it was to be read: look at everything
            }
            catch (CatalogueException busy) when (busy.Problem == CatalogueProblem.Locked)
            {
                left = changed; // somebody else indexes: later
                cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(WaitForOthers));
                cancellation.ThrowIfCancellationRequested();
            }
        }

        bool IsWanted(string path) =>
            !PathRules.LiesIn(path, _options.Directory)
            && paths.Any(root => PathRules.LiesIn(path, root) && PhotoFinder.LooksAt(path, root) && !excluded.Covers(path, root));

        IndexSummary? RunOf(IReadOnlyList<string>? changed)
        {
            // What is gone is told from a disk that is not mounted by a look at everything only.
            if (changed is null || changed.Any(path => !Path.Exists(path) && IsKnown(path)))
                return Run(paths, options, progress, cancellation);
            string[] there = [.. changed.Where(IsThere)];
            return there.Length == 0 ? null : Run(there, options, progress, cancellation);
        }
    }

    /// <summary>Whether there is a file or folder of this path; where a link leads is left to a look at everything.</summary>
    private static bool IsThere(string path) => Path.Exists(path) && !new FileInfo(path).Attributes.HasFlag(FileAttributes.ReparsePoint);

    /// <summary>Whether a file of this path is known, or any that lies below it.</summary>
    private bool IsKnown(string path) =>
        _readers.Ask(reader =>
        {
            var any = reader.FindFile(path) is not null;
            reader.ReadFilesUnder(path, null, _ => any = true);
            return any;
        });

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
