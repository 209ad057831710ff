using System.Collections.Concurrent;
using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Local;

namespace Sosia;

/// <summary>Search by look: whole photos, compared by an image network.</summary>
public sealed partial class Collection
{
    private readonly ConcurrentDictionary<string, OnDemand<LookReader>> _lookReaders = new(StringComparer.Ordinal);

    /// <summary>
    /// The image model that the collection is searched with by look: the one set, else one that its photos were indexed with, else the
    /// default one.
    /// </summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public KnownModel LookModel(ICatalogueReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (_options.LookModel is { } name)
            return _models.Resolve(ModelKind.ImageEmbedding, name);
        var keys = reader
            .Spaces()
            .Where(space => space.Space.Of == SpaceKind.Photos)
            .Select(space => space.Space.Key)
            .ToHashSet(StringComparer.Ordinal);
        return _models.Models.FirstOrDefault(model =>
                model.Entry.Makes == ModelKind.ImageEmbedding && keys.Contains(EmbedderKey.Of(model.Entry))
            ) ?? _models.Default(ModelKind.ImageEmbedding);
    }

    /// <summary>How many photos can be found by look; null when the collection has no space of photos of its model.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public long? PhotosByLook(ICatalogueReader reader) => FindLookSpace(reader) is { } space ? space.Rows : null;

    /// <summary>
    /// Adds to a query what it needs to be searched by look, by an inference; <see cref="HasLook"/> says whether it lacks that.
    /// </summary>
    /// <param name="query">The photo.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="cancellation">Given up between stages.</param>
    /// <exception cref="UnreadablePhotoException">The bytes give no photo.</exception>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    public QueryPhoto AddLook(QueryPhoto query, byte[] bytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (key, model) = Read(reader => (Looks(reader).Key, LookModel(reader)));
        return query with { Look = new(key, ReaderOf(model).Read(Decode(ToFile(bytes, query.Path), cancellation), cancellation)) };
    }

    /// <summary>Whether a query can be searched by look as it is.</summary>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    public bool HasLook(QueryPhoto query) =>
        Read(reader =>
        {
            var (key, rows) = Looks(reader);
            return rows.Ask(reader, table => RowOf(query, key, table, reader) is not null);
        });

    private SearchResult SearchByLook(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        long started,
        CancellationToken cancellation
    )
    {
        if (options.Expand || options.Negatives.Count > 0)
            throw new ArgumentException("Expansion and photos of others are for search by person: leave them out of a search by look.");
        var (key, rows) = Looks(reader);
        var (ranked, indexTime, photos) = rows.Ask(
            reader,
            table =>
            {
                var (best, time) = RankLooks(references, options, key, table, reader, all: false);
                return (best, time, table.Count);
            },
            cancellation
        );
        rows.RenewLater();
        var own = references.Select(query => query.Sha256).ToHashSet(StringComparer.Ordinal);
        var matches = new List<Match>();
        foreach (var (id, _, cosine) in ranked)
        {
            var score = Math.Clamp(cosine, -1, 1);
            if (matches.Count == options.Limit || score < options.Threshold)
                break;
            if (reader.FindPhoto(id) is not { Paths.Count: > 0 } photo)
                continue; // removed since
            matches.Add(
                new Match(matches.Count + 1, photo, null, own.Contains(photo.Sha256), score, default, null, FoundBy.Look)
                {
                    LookScore = score,
                }
            );
        }
        return new SearchResult(
            references,
            matches,
            options.Threshold,
            ScoringRule.Plain,
            0,
            indexTime,
            _options.Clock.GetElapsedTime(started)
        )
        {
            Meaning = _ => default,
            By = SearchBy.Look,
            PhotosSearched = photos,
        };
    }

    private SearchResult SearchByBoth(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        long started,
        CancellationToken cancellation
    )
    {
        var byLook = SearchByLook(
            references,
            options with
            {
                Threshold = null,
                Expand = false,
                Negatives = [],
            },
            reader,
            started,
            cancellation
        );
        var faces = references.Where(query => query.Face >= 0 && query.Wanted.Embedding is not null).ToArray();
        if (faces.Length == 0)
            return byLook with { By = SearchBy.Both, Matches = RankFusion.Merge([], byLook.Matches, options.Limit), OnlyByLook = true };
        var byPerson = SearchByPerson(faces, options with { BelowThreshold = false }, reader, started, cancellation);
        return byPerson with
        {
            Queries = references,
            By = SearchBy.Both,
            Matches = RankFusion.Merge(byPerson.Matches, byLook.Matches, options.Limit),
            PhotosSearched = byLook.PhotosSearched,
            IndexTime = byPerson.IndexTime + byLook.IndexTime,
            Elapsed = _options.Clock.GetElapsedTime(started),
        };
    }

    private static (PhotoScore[] Ranked, TimeSpan Time) RankLooks(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        string key,
        SpaceTable table,
        ICatalogueReader reader,
        bool all
    )
    {
        if (references.Count == 0)
            throw new QueryException("A search needs at least one photo.");
        var rows = references
            .Select(query =>
                RowOf(query, key, table, reader) ?? throw new QueryException($"{query.Path} was not read for a search by look.")
            )
            .ToArray();
        if (Array.FindIndex(rows, row => row.Length == 0) is >= 0 and var nothing)
            throw new QueryException($"The image model makes nothing of {references[nothing].Path}; search with another photo.");
        var allowed = options.Under is { } directory ? reader.PhotosUnder(Path.GetFullPath(directory)) : null;
        var started = Stopwatch.GetTimestamp();
        if (rows.Length > 1 && options.Combine == Combine.Mean)
            rows = [Mean(rows)];
        return (Nearest(table, rows, allowed, options.Limit, all), Stopwatch.GetElapsedTime(started));
    }

    /// <summary>The row that the query brings, else the one of the same photo in the collection.</summary>
    private static float[]? RowOf(QueryPhoto query, string key, SpaceTable table, ICatalogueReader reader) =>
        query.Look is { } look && look.Space == key ? look.Row
        : reader.FindPhoto(query.Sha256) is { } photo && table.RowOf(photo.Id) is >= 0 and var row ? table.Row(row).ToArray()
        : null;

    private Why ExplainLook(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        CancellationToken cancellation
    )
    {
        var threshold = options.Threshold;
        var (key, rows) = Looks(reader);
        var (ranked, _) = rows.Ask(reader, table => RankLooks(references, options, key, table, reader, all: true), cancellation);
        if (reader.FindPhotoAt(path) is not { } photo)
            return NotStored(path, reader, threshold);
        var place = Array.FindIndex(ranked, score => score.Photo == photo.Id);
        if (place < 0)
            return options.Under is { } under && !reader.PhotosUnder(Path.GetFullPath(under)).Contains(photo.Id)
                ? new Why(WhyKind.NotInCollection, $"It does not lie under {under}.", null, null, threshold)
                : new Why(WhyKind.NotByLook, "It was not indexed by look: run `sosia index --look` on its folder.", null, null, threshold);
        var (rank, score) = (place + 1, Math.Clamp(ranked[place].Score, -1, 1));
        var where = $"By look it has rank {rank:N0} with a similarity of {score:F2}";
        return score < threshold
                ? new Why(WhyKind.BelowThreshold, $"{where}, below the threshold of {threshold:F2}.", rank, score, threshold)
            : rank > options.Limit
                ? new Why(
                    WhyKind.BeyondLimit,
                    $"{where}, and only {options.Limit:N0} photos were asked for; raise -k.",
                    rank,
                    score,
                    threshold
                )
            : new Why(WhyKind.Found, $"It is among the results. {where}.", rank, score, threshold);
    }

    /// <summary>What one kind of comparison says where the other did not find it.</summary>
    private Why ExplainBoth(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        CancellationToken cancellation
    )
    {
        var byLook = ExplainLook(path, references, options with { Threshold = null }, reader, cancellation);
        var faces = references.Where(query => query.Face >= 0 && query.Wanted.Embedding is not null).ToArray();
        if (faces.Length == 0)
            return byLook with { Sentence = $"The query has no face that can be recognised. {byLook.Sentence}" };
        var byPerson = ExplainPerson(path, faces, options, reader, cancellation);
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

    /// <summary>The rows of photos, and the key of their space.</summary>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    private (string Key, SpaceIndex Rows) Looks(ICatalogueReader reader)
    {
        if (FindLookSpace(reader) is { Space: var space })
            return (space.Key, RowsOf(space.Key, space.Model));
        var model = LookModel(reader).Entry.Name;
        var command = _options.LookModel is null ? "--look" : $"--look {model}";
        throw new QueryException(
            $"The collection {Directory} holds no photo indexed by look with the model '{model}': run `sosia index DIR {command}` first.",
            QueryProblem.NotIndexedByLook
        );
    }

    private (SpaceId Id, SpaceInfo Space, long Rows)? FindLookSpace(ICatalogueReader reader)
    {
        var spaces = reader.Spaces().Where(space => space.Space.Of == SpaceKind.Photos).ToArray();
        if (spaces.Length == 0)
            return null;
        var key = EmbedderKey.Of(LookModel(reader).Entry);
        return Array.FindIndex(spaces, space => space.Space.Key == key) is >= 0 and var at ? spaces[at] : null;
    }

    private LookReader ReaderOf(KnownModel model) =>
        _lookReaders.GetOrAdd(model.Entry.Name, _ => new(() => LookReader.Load(_models, model))).Value;

    /// <summary>What new photos are indexed with by look.</summary>
    private DeferredLook LookToIndex()
    {
        var model = LookModelToIndex();
        return DeferredLook.Of(model.Entry, () => ReaderOf(model));
    }

    private KnownModel LookModelToIndex()
    {
        if (_options.LookModel is { } name)
            return _models.Resolve(ModelKind.ImageEmbedding, name);
        try
        {
            return Read(LookModel);
        }
        catch (CatalogueException none) when (none.Problem == CatalogueProblem.Missing)
        {
            return _models.Default(ModelKind.ImageEmbedding); // the first run of all
        }
    }
}
