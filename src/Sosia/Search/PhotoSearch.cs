using System.Numerics.Tensors;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Pipeline;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>Searches a collection by person, by look, or by both. Safe for many callers.</summary>
public sealed class PhotoSearch
{
    private readonly CatalogueReaders _readers;
    private readonly PersonSearch _byPerson;
    private readonly AppearanceSearch _byLook;
    private readonly CopySearch _byCopy;
    private readonly KnownPeopleSearch _ofPeople;
    private readonly ScoreMeanings _meanings;
    private readonly Func<FacePipeline> _pipeline;

    /// <param name="readers">The catalogue.</param>
    /// <param name="vectors">The vectors.</param>
    /// <param name="space">The space of the faces.</param>
    /// <param name="meanings">What scores mean.</param>
    /// <param name="looks">The image models of search by look.</param>
    /// <param name="pipeline">Embeds.</param>
    /// <param name="clock">Measures.</param>
    internal PhotoSearch(
        CatalogueReaders readers,
        IVectorStore vectors,
        Func<SpaceName> space,
        ScoreMeanings meanings,
        AppearanceModels looks,
        Func<FacePipeline> pipeline,
        TimeProvider clock
    )
    {
        (_readers, _meanings, _pipeline) = (readers, meanings, pipeline);
        _byPerson = new PersonSearch(vectors, space, meanings, clock);
        _ofPeople = new KnownPeopleSearch(vectors, space, meanings, clock);
        _byLook = new AppearanceSearch(vectors, looks, clock);
        _byCopy = new CopySearch(clock);
    }

    /// <summary>The threshold between "found" and "nobody"; null where the model is not calibrated.</summary>
    public float? Threshold => _meanings.Threshold;

    /// <summary>Finds the photos in which a person appears, or those that look like a photo.</summary>
    /// <param name="references">One photo of the person or several; the wanted face of each counts. By look: photos read for that, or
    /// photos of the collection.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="ArgumentException">An option that makes no sense.</exception>
    /// <exception cref="QueryException">A reference has no face, or one too poor to be recognised.</exception>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public SearchResult Search(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        options.Check();
        var found = Blocking.Wait(_readers.AskAsync(reader => FindAsync(references, options, reader, cancellation)));
        return found.SortedBy(options.Sort);
    }

    /// <summary>Finds the photos in which all of some known people appear, and none of some others.</summary>
    /// <param name="with">One person at least. A photo counts with the lowest of their scores, each made as by the mean of several
    /// references.</param>
    /// <param name="without">People who must not appear.</param>
    /// <param name="options">How; by person. Photos below the threshold are not found, whether asked for or not.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <inheritdoc cref="Search" path="/exception"/>
    public SearchResult SearchPeople(
        IReadOnlyList<KnownPerson> with,
        IReadOnlyList<KnownPerson>? without = null,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(with);
        ArgumentOutOfRangeException.ThrowIfZero(with.Count);
        options ??= new();
        options.Check();
        var found = Blocking.Wait(
            _readers.AskAsync(reader =>
                FindAsync(wanted => _ofPeople.SearchAsync(with, without ?? [], wanted, reader, cancellation), options, reader)
            )
        );
        return found.SortedBy(options.Sort);
    }

    private ValueTask<SearchResult> FindAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    ) =>
        FindAsync(
            wanted =>
                wanted.By switch
                {
                    SearchBy.Look => _byLook.SearchAsync(references, wanted, reader, cancellation),
                    SearchBy.Both => SearchByBothAsync(references, wanted, reader, cancellation),
                    SearchBy.Copy => _byCopy.SearchAsync(references, wanted, reader, cancellation),
                    _ => _byPerson.SearchAsync(references, wanted, reader, cancellation),
                },
            options,
            reader
        );

    /// <summary>Finds photos until there are as many different ones as are wanted, or no more.</summary>
    private static async ValueTask<SearchResult> FindAsync(
        Func<SearchOptions, ValueTask<SearchResult>> search,
        SearchOptions options,
        ISearchReader reader
    )
    {
        while (true)
        {
            var found = await search(options);
            if (options.Unfold || options.By == SearchBy.Copy)
                return found;
            var folded = ResultFolding.Fold(found.Matches, options.Limit, reader);
            if (folded.Count >= options.Limit || found.Matches.Count < options.Wanted)
                return found with { Matches = folded };
            options = options with { Wanted = (int)Math.Min(2L * options.Wanted, int.MaxValue) };
        }
    }

    /// <inheritdoc cref="Search"/>
    public Task<SearchResult> SearchAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    ) => OnAThread.Run(() => Search(references, options, cancellation));

    /// <summary>Why a photo of the collection is, or is not, among the results of a search.</summary>
    /// <param name="path">The photo.</param>
    /// <param name="references">As for <see cref="Search"/>.</param>
    /// <param name="options">As for <see cref="Search"/>.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    public Why Explain(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        options.Check();
        path = Path.GetFullPath(path);
        return Blocking.Wait(
            _readers.AskAsync(reader =>
                options.By switch
                {
                    SearchBy.Look => _byLook.ExplainAsync(path, references, options, reader, cancellation),
                    SearchBy.Both => ExplainByBothAsync(path, references, options, reader, cancellation),
                    SearchBy.Copy => CopySearch.ExplainAsync(path, references, options, reader),
                    _ => _byPerson.ExplainAsync(path, references, options, reader, cancellation),
                }
            )
        );
    }

    /// <inheritdoc cref="Explain"/>
    public Task<Why> ExplainAsync(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    ) => OnAThread.Run(() => Explain(path, references, options, cancellation));

    /// <summary>
    /// The pictures of the collection that lie in several files: copies of each other, changed a little or of the same bytes. Nothing is
    /// deleted.
    /// </summary>
    /// <param name="photos">Only these photos; null for all.</param>
    /// <param name="progress">Told how many photos were compared, of how many.</param>
    /// <param name="cancellation">Cancels the work between batches.</param>
    public IReadOnlyList<DuplicateGroup> FindDuplicates(
        PhotoFilter? photos = null,
        IProgress<(int Done, int Total)>? progress = null,
        CancellationToken cancellation = default
    ) =>
        _readers.Ask(reader =>
        {
            var finder = _byCopy.FinderOf(reader, cancellation);
            var allowed = photos is null || photos.IsAll ? null : reader.PhotosIn(photos);
            var pairs = finder.Pairs(reader, allowed, (done, total) => progress?.Report((done, total)), cancellation);
            return Duplicates.Of(pairs.Select(pair => (pair.First, pair.Second)), reader, allowed);
        });

    /// <summary>Photos that an earlier version stored, of which no copies can be found until they are indexed again.</summary>
    /// <param name="cancellation">Cancels the reading.</param>
    public long CountWithoutDescriptor(CancellationToken cancellation = default) =>
        _readers.Ask(reader => reader.Count().Read - _byCopy.FinderOf(reader, cancellation).Count);

    /// <summary>Whether two photos show the same person, by their wanted faces.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    /// <param name="threshold">Least score of the same person; null for the calibration's.</param>
    /// <exception cref="QueryException">One has no face, or one too poor to be recognised.</exception>
    public Comparison Compare(QueryPhoto first, QueryPhoto second, float? threshold = null)
    {
        var score = TensorPrimitives.Dot<float>(PersonSearch.RowOf(first), PersonSearch.RowOf(second));
        var meaning = _meanings.Of(ScoringRule.Plain, 1, score);
        return new Comparison(first, second, score, meaning, threshold ?? _meanings.ThresholdOf(ScoringRule.Plain, 1));
    }

    /// <summary>Compares two faces and finds the regions that speak for their likeness: about a hundred inferences.</summary>
    public ClosePair CompareClosely(CloseFace first, CloseFace second, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var score = TensorPrimitives.Dot<float>(first.Embedding, second.Embedding);
        HeatMap? of = null;
        HeatMap? with = null;
        Parallel.Invoke(
            () => of = Occlusion.Measure(_pipeline(), first.Aligned, second.Embedding, cancellation),
            () => with = Occlusion.Measure(_pipeline(), second.Aligned, first.Embedding, cancellation)
        );
        return new ClosePair(score, _meanings.Of(ScoringRule.Plain, 1, score), of!, with!);
    }

    /// <summary>Whether a query can be searched by look as it is.</summary>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    public bool HasLook(QueryPhoto query) => Blocking.Wait(_readers.AskAsync(reader => _byLook.CanSearchAsync(query, reader)));

    /// <summary>Reads index and calibration before the first search needs them: while a query is still being read, for example.</summary>
    /// <param name="options">How will be searched.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    /// <exception cref="QueryException">The calibration can't be read.</exception>
    public void Prepare(SearchOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Blocking.Wait(
            _readers.AskAsync(async reader =>
            {
                await _byPerson.WarmAsync(options.Expand, reader, cancellation);
                return true;
            })
        );
    }

    private async ValueTask<SearchResult> SearchByBothAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        var lookOptions = options with { Threshold = null, Expand = false, Negatives = [] };
        var byLook = await _byLook.SearchAsync(references, lookOptions, reader, cancellation);
        var faces = WithFaces(references);
        if (faces.Length == 0)
            return byLook with { By = SearchBy.Both, Matches = RankFusion.Merge([], byLook.Matches, options.Wanted), OnlyByLook = true };
        var byPerson = await _byPerson.SearchAsync(faces, options with { BelowThreshold = false }, reader, cancellation);
        return byPerson with
        {
            Queries = references,
            By = SearchBy.Both,
            Matches = RankFusion.Merge(byPerson.Matches, byLook.Matches, options.Wanted),
            PhotosSearched = byLook.PhotosSearched,
            IndexTime = byPerson.IndexTime + byLook.IndexTime,
            OpeningTime = byPerson.OpeningTime + byLook.OpeningTime,
            Elapsed = byPerson.Elapsed + byLook.Elapsed,
        };
    }

    /// <summary>What one kind of comparison says where the other did not find it.</summary>
    private async ValueTask<Why> ExplainByBothAsync(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        var byLook = await _byLook.ExplainAsync(path, references, options with { Threshold = null }, reader, cancellation);
        var faces = WithFaces(references);
        if (faces.Length == 0)
            return byLook with { Sentence = $"The query has no face that can be recognised. {byLook.Sentence}" };
        var byPerson = await _byPerson.ExplainAsync(path, faces, options, reader, cancellation);
        return byPerson.Kind == WhyKind.Found || byLook.Kind != WhyKind.Found
            ? byPerson with
            {
                Sentence = $"{byPerson.Sentence} {byLook.Sentence}",
            }
            : byLook with
            {
                Sentence = $"{byLook.Sentence} By person: {byPerson.Sentence}",
            };
    }

    private static QueryPhoto[] WithFaces(IReadOnlyList<QueryPhoto> references) =>
        [.. references.Where(query => query.Face >= 0 && query.Wanted.Embedding is not null)];
}
