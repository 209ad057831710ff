using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Photos.Vips;
using Sosia.Pipeline;
using Sosia.Search;

namespace Sosia;

/// <summary>
/// A collection of photos that can be searched for people: index folders, ask who appears where. Safe for many callers; one process
/// indexes at a time, any number may search meanwhile and see what has been committed.
/// </summary>
public sealed partial class Collection : IDisposable
{
    private readonly CollectionOptions _options;
    private readonly ICatalogueStore _store;
    private readonly ICatalogueBackup _backup;
    private readonly ModelStore _models;
    private readonly OnDemand<Networks> _networks;
    private readonly OnDemand<Calibration?> _calibration;
    private readonly ConcurrentDictionary<(ScoringRule Rule, int References), float> _thresholds = new();
    private readonly VipsPhotoDecoder _decoder;

    private Collection(CollectionOptions options, SqliteCatalogueStore store, ModelStore models)
    {
        (_options, _store, _backup, _models) = (options, store, new SqliteBackup(store), models);
        _decoder = new VipsPhotoDecoder(options.Photos);
        _calibration = new(LoadCalibration);
        _networks = new(() => Networks.Load(models, options.Model, options.Detector, options.Quality));
    }

    /// <summary>
    /// Opens a collection; its directory is made by the first <see cref="Index"/>. Networks are loaded when first needed.
    /// </summary>
    /// <exception cref="ModelException">The model manifest can't be read, or names no such model.</exception>
    public static Collection Open(CollectionOptions options) => Open(options, ModelStore.Open());

    internal static Collection Open(CollectionOptions options, ModelStore models)
    {
        ArgumentNullException.ThrowIfNull(options);
        CollectionFiles.Close(options.Directory);
        return new Collection(options, new SqliteCatalogueStore(options.Directory, options.Clock), models);
    }

    /// <summary>Where the collection is kept.</summary>
    public string Directory => _options.Directory;

    /// <summary>Limits on the files that are read.</summary>
    internal PhotoOptions PhotoLimits => _options.Photos;

    /// <summary>The face model in use.</summary>
    public KnownModel Model => _models.Resolve(ModelKind.FaceEmbedding, _options.Model);

    /// <summary>The space of the faces, as it is made now; the collection may hold no row of it.</summary>
    public SpaceInfo Space => FaceSpace.Of(_models, _options.Model);

    /// <summary>What the collection holds, as committed.</summary>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public ICatalogueReader OpenReader() => _store.OpenReader();

    /// <summary>Brings the collection up to date with folders and files. What was committed survives whatever happens.</summary>
    /// <param name="roots">Folders and files.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of every photo after it was committed, on the calling thread.</param>
    /// <param name="cancellation">Ends the run after the photos in flight; the next run goes on from there.</param>
    /// <exception cref="CatalogueException">Locked by another writer, damaged, read-only or the disk is full.</exception>
    /// <exception cref="UnreadablePhotoException">A root that is not there and was never indexed.</exception>
    public IndexSummary Index(
        IReadOnlyList<string> roots,
        IndexOptions? options = null,
        IProgress<IndexProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var faces = DeferredFaces.Of(_models, _options.Model, _options.Detector, () => Pipeline);
        var look = options is { Look: true } ? LookToIndex() : null;
        var indexer = new Indexer(_store, Directory, _options.Photos, _decoder, faces) { Clock = _options.Clock, Look = look };
        return KeepIndexes(indexer.Run(roots, options ?? new(), progress, cancellation), look, cancellation);
    }

    /// <summary>Reads a photo to search with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="face">The face meant, counted from 1 in order of <see cref="QueryPhoto.Faces"/>; null for the largest and most
    /// central.</param>
    /// <param name="cancellation">Given up between stages.</param>
    /// <exception cref="UnreadablePhotoException">The file gives no photo.</exception>
    /// <exception cref="QueryException">There is no face of that number.</exception>
    public QueryPhoto ReadQuery(string path, int? face = null, CancellationToken cancellation = default) =>
        ReadQuery(path, SearchBy.Person, face, cancellation);

    /// <inheritdoc cref="ReadQuery(string, int?, CancellationToken)"/>
    /// <param name="path">The file.</param>
    /// <param name="by">What it is read for: its faces, the look of the whole photo, or both. By look alone it has no faces.</param>
    /// <param name="face">As for the other.</param>
    /// <param name="cancellation">Given up between stages.</param>
    public QueryPhoto ReadQuery(string path, SearchBy by, int? face = null, CancellationToken cancellation = default)
    {
        try
        {
            return ToQuery(PhotoFile.Read(path, _options.Photos, cancellation), path, by, face, cancellation);
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UnreadablePhotoException(unreadable.Reason, $"{path}: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Whether two photos show the same person, by their wanted faces.</summary>
    /// <exception cref="QueryException">One has no face, or one too poor to be recognised.</exception>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    /// <param name="threshold">Least score of the same person; null for the calibration's.</param>
    public Comparison Compare(QueryPhoto first, QueryPhoto second, float? threshold = null)
    {
        var score = System.Numerics.Tensors.TensorPrimitives.Dot<float>(EmbeddingOf(first), EmbeddingOf(second));
        return new Comparison(
            first,
            second,
            score,
            Meaning(ScoringRule.Plain, 1, score),
            threshold ?? DecidingThreshold(ScoringRule.Plain, 1)
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseIndexes();
        CloseReaders();
        if (_networks.IsMade)
            _networks.Value.Dispose();
        foreach (var reader in _lookReaders.Values)
            if (reader.IsMade)
                reader.Value.Dispose();
    }

    private ScoreMeaning Meaning(ScoringRule rule, int references, float score) =>
        _calibration.Value?.Meaning(rule, references, score) ?? default;

    private float DecidingThreshold(ScoringRule rule, int references) =>
        _calibration.Value is { } calibration
            ? _thresholds.GetOrAdd((rule, references), key => calibration.Threshold(key.Rule, key.References))
            : throw new QueryException(
                $"The model '{Model.Entry.Name}' has no calibration, so nobody has measured what its scores mean; say where to draw the "
                    + "line with --threshold.",
                QueryProblem.NotCalibrated
            );

    private Calibration? LoadCalibration()
    {
        if (Model.CalibrationPath is not { } path)
            return null;
        try
        {
            return Calibration.Parse(File.ReadAllText(path), Space.Key);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new QueryException(
                $"The calibration of the model '{Model.Entry.Name}' can't be read at {path}; build Sosia again, or make it again with "
                    + "`sosia eval lfw DIR --calibrate`."
            );
        }
    }

    private FacePipeline Pipeline => _networks.Value.Pipeline;

    private static float[] EmbeddingOf(QueryPhoto query) =>
        query.Wanted.Embedding
        ?? throw new QueryException(
            $"The face in {query.Path} is too small to be recognised ({query.Wanted.Quality.Size:F0} pixels); use a larger picture of it.",
            QueryProblem.TooPoor
        );

    private QueryPhoto ToQuery(PhotoFile file, string path, SearchBy by, int? face, CancellationToken cancellation)
    {
        var (look, key) = by == SearchBy.Person ? (null, "") : Read(reader => (ReaderOf(LookModel(reader)), Looks(reader).Key));
        var photo = Decode(file, cancellation);
        var query =
            by == SearchBy.Look
                ? new QueryPhoto(path, file.Sha256, [], -1, photo.OriginalWidth, photo.OriginalHeight, photo.ToOriginal)
                : WithFaces(file, photo, path, face, cancellation);
        return look is null ? query : query with { Look = new(key, look.Read(photo, cancellation)) };
    }

    private QueryPhoto WithFaces(PhotoFile file, Photo photo, string path, int? face, CancellationToken cancellation)
    {
        var faces = Pipeline.Read(photo, cancellation);
        if (face is { } number && (number < 1 || number > faces.Count))
            throw new QueryException($"There is no face {number} in {path}: {Count(faces.Count, "face")} found; faces are counted from 1.");
        var wanted = face - 1 ?? FaceChoice.Principal([.. faces.Select(found => found.Face.Box)], photo.Width, photo.Height);
        if (wanted >= 0)
            faces = [.. faces.Select((found, i) => i == wanted ? Pipeline.Upright(photo, found, cancellation) : found)];
        return new QueryPhoto(path, file.Sha256, faces, wanted, photo.OriginalWidth, photo.OriginalHeight, photo.ToOriginal);
    }

    private Photo Decode(PhotoFile file, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("decode");
        return _decoder.Decode(file, cancellation);
    }

    private static string Count(int count, string what) =>
        count switch
        {
            0 => $"no {what} was",
            1 => $"1 {what} was",
            _ => $"{count} {what}s were",
        };
}
