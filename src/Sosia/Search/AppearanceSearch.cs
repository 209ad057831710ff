using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>Searches by look: whole photos, compared by an image network.</summary>
/// <param name="store">The vectors.</param>
/// <param name="models">Which space is searched.</param>
/// <param name="clock">Measures.</param>
internal sealed class AppearanceSearch(IVectorStore store, AppearanceModels models, TimeProvider clock)
{
    /// <summary>Whether a query can be searched as it is: it brings a row, or the collection has one of the same photo.</summary>
    /// <exception cref="QueryException">Nothing was indexed by look.</exception>
    public async ValueTask<bool> CanSearchAsync(QueryPhoto query, ISearchReader reader)
    {
        var space = models.SpaceOf(reader);
        return await store.AskAsync(space, reader, async vectors => await RowOfAsync(query, space.Key, vectors, reader) is not null);
    }

    /// <inheritdoc cref="PhotoSearch.SearchAsync"/>
    public async ValueTask<SearchResult> SearchAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        if (options.Expand || options.Negatives.Count > 0)
            throw new OptionException("Expansion and photos of others are for search by person: leave them out of a search by look.");
        var called = clock.GetTimestamp();
        var space = models.SpaceOf(reader);
        var result = await store.AskAsync(
            space,
            reader,
            async vectors =>
            {
                var (opening, started) = (clock.GetElapsedTime(called), clock.GetTimestamp());
                var rows = await RowsOfAsync(references, options, space.Key, vectors, reader);
                var asked = Stopwatch.GetTimestamp();
                var ranking = new PhotoRanking(vectors, options.FilterOf(vectors));
                var ranked = await ranking.BestAsync(rows, options.PhotosToRank, cancellation);
                var indexTime = Stopwatch.GetElapsedTime(asked);
                return new SearchResult(
                    references,
                    WholePhotoMatches.Of(
                        [
                            .. ranked
                                .Select(photo => (photo.Photo, Score: Math.Clamp(photo.Score, -1, 1)))
                                .TakeWhile(photo => !(photo.Score < options.Threshold)),
                        ],
                        FoundBy.Look,
                        references,
                        options.Wanted,
                        reader
                    ),
                    options.Threshold,
                    ScoringRule.Plain,
                    0,
                    indexTime,
                    clock.GetElapsedTime(started)
                )
                {
                    OpeningTime = opening,
                    Meaning = _ => default,
                    By = SearchBy.Look,
                    PhotosSearched = vectors.Count,
                };
            },
            cancellation
        );
        store.RenewLater(space);
        return result;
    }

    /// <inheritdoc cref="PhotoSearch.ExplainAsync"/>
    public async ValueTask<Why> ExplainAsync(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        var space = models.SpaceOf(reader);
        return await store.AskAsync(
            space,
            reader,
            vectors => ExplainAsync(path, references, options, space, vectors, reader, cancellation),
            cancellation
        );
    }

    private static async ValueTask<Why> ExplainAsync(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        SpaceName space,
        IVectorSearch vectors,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        var rows = await RowsOfAsync(references, options, space.Key, vectors, reader);
        if (reader.FindPhotoAt(path) is not { } photo)
            return Explanations.NotStored(path, reader, options.Threshold);
        var filter = options.FilterOf(vectors);
        if (options.Photos.WhyNot(photo) is { } leftOut)
            return new Why(WhyKind.NotInCollection, leftOut, null, null, options.Threshold);
        if ((await vectors.VectorsAsync([photo.Id.Value], cancellation))[0] is not { } own)
            return new Why(
                WhyKind.NotByLook,
                "It was not indexed by look: run `sosia index --look` on its folder.",
                null,
                null,
                options.Threshold
            );
        var score = rows.Max(row => Similarity.Of(row, own));
        var before = await vectors.CountBeforeAsync(rows, photo.Id, score, filter, cancellation);
        return Explanations.PlacedByLook(checked((int)(1 + before)), Math.Clamp(score, -1, 1), options.Threshold, options.Limit);
    }

    private static async ValueTask<float[][]> RowsOfAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        string key,
        IVectorSearch vectors,
        IPhotoReader reader
    )
    {
        if (references.Count == 0)
            throw new QueryException("A search needs at least one photo.");
        var rows = new float[references.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            var path = references[i].Path;
            rows[i] = await RowOfAsync(references[i], key, vectors, reader)
                ?? throw new QueryException($"{path} was not read for a search by look.");
            if (rows[i].Length == 0)
                throw new QueryException($"The image model returned a zero vector for {path}; search with another photo.");
        }
        return rows.Length > 1 && options.Combine == Combine.Mean ? [MeanRow.Of(rows)] : rows;
    }

    /// <summary>The row that the query brings, else the one of the same photo in the collection.</summary>
    private static async ValueTask<float[]?> RowOfAsync(QueryPhoto query, string key, IVectorSearch vectors, IPhotoReader reader)
    {
        if (query.Look is { } look && look.Space == key)
            return look.Row;
        return reader.FindPhoto(query.Sha256) is { } photo ? (await vectors.VectorsAsync([photo.Id.Value]))[0] : null;
    }
}
