using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>Searches by person: the faces of a collection, compared with the wanted faces of photos.</summary>
/// <param name="store">The vectors.</param>
/// <param name="space">The space of the faces.</param>
/// <param name="meanings">What scores mean.</param>
/// <param name="clock">Measures.</param>
internal sealed class PersonSearch(IVectorStore store, Func<SpaceName> space, ScoreMeanings meanings, TimeProvider clock)
{
    /// <summary>Beyond this a likeness to a negative counts where the model has no calibration.</summary>
    private const float UncalibratedThreshold = 0.3f;

    /// <inheritdoc cref="PhotoSearch.SearchAsync"/>
    public async ValueTask<SearchResult> SearchAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        using var _ = Telemetry.Measure("search");
        var called = clock.GetTimestamp();
        var result = await store.AskAsync(
            space(),
            reader,
            async vectors =>
            {
                var (opening, started) = (clock.GetElapsedTime(called), clock.GetTimestamp());
                var question = QuestionOf(references, options, reader);
                var ranking = RankingOf(vectors, question, options);
                var asked = Stopwatch.GetTimestamp();
                var ranked = await ranking.BestAsync(options.PhotosToRank, cancellation);
                var indexTime = Stopwatch.GetElapsedTime(asked);
                var threshold = options.Threshold ?? meanings.ThresholdOf(question.Rule, references.Count);
                return new SearchResult(
                    references,
                    MatchesOf(ranked, references, options, question.Rule, threshold, vectors.Count, reader),
                    threshold,
                    question.Rule,
                    vectors.Count,
                    indexTime,
                    clock.GetElapsedTime(started)
                )
                {
                    OpeningTime = opening,
                    Meaning = score => meanings.Of(question.Rule, references.Count, score),
                };
            },
            cancellation
        );
        store.RenewLater(space());
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
        var question = QuestionOf(references, options, reader);
        var threshold = options.Threshold ?? meanings.ThresholdOf(question.Rule, references.Count);
        if (reader.FindPhotoAt(path) is not { } photo)
            return Explanations.NotStored(path, reader, threshold);
        var faces = reader.FacesOf(photo.Id);
        return await store.AskAsync(
            space(),
            reader,
            async vectors =>
            {
                if (await RankingOf(vectors, question, options).PlaceOfAsync(photo.Id, faces, cancellation) is { } at)
                    return Explanations.Placed(at.Rank, at.Score, threshold, options.Limit);
                return Explanations.NotRanked(faces, options.Photos.WhyNot(photo), threshold);
            },
            cancellation
        );
    }

    /// <summary>
    /// Runs one search whose result is thrown away, so that code is compiled and data is in memory before the first real one.
    /// </summary>
    public async ValueTask WarmAsync(bool expand, ISearchReader reader, CancellationToken cancellation)
    {
        store.Warm(space(), reader, cancellation);
        _ = meanings.Of(ScoringRule.Plain, 1, 0);
        await store.AskAsync(
            space(),
            reader,
            async vectors =>
            {
                if (vectors.Count == 0)
                    return 0;
                var query = new float[vectors.Dimensions];
                query[0] = 1;
                var rule = expand ? ScoringRule.Expanded : ScoringRule.Plain;
                var question = new PersonQuestion([query], rule, new PhotoId(0), [], UncalibratedThreshold, SearchOptions.DefaultLimit);
                var best = await new PersonRanking(vectors, null, question).BestAsync(SearchOptions.DefaultLimit, cancellation);
                return best.Length;
            },
            cancellation
        );
    }

    /// <summary>The row of the wanted face.</summary>
    /// <exception cref="QueryException">The photo has no face, or one too poor to be recognised.</exception>
    public static float[] RowOf(QueryPhoto query) =>
        query.Wanted.Embedding
        ?? throw new QueryException(
            $"The face in {query.Path} is too small to be recognised ({query.Wanted.Quality.Size:F0} pixels); use a larger picture of it.",
            QueryProblem.TooPoor
        );

    private PersonQuestion QuestionOf(IReadOnlyList<QueryPhoto> references, SearchOptions options, ISearchReader reader)
    {
        if (references.Count == 0)
            throw new QueryException("A search needs at least one photo of the person.");
        float[][] rows = [.. references.Select(RowOf)];
        var rule = RuleFor(rows.Length, options);
        return new PersonQuestion(
            rule == ScoringRule.Mean ? [MeanRow.Of(rows)] : rows,
            rule,
            reader.FindPhoto(references[0].Sha256)?.Id,
            [.. options.Negatives.Select(RowOf)],
            options.Negatives.Count == 0 ? 0 : meanings.Threshold ?? UncalibratedThreshold,
            options.Limit
        )
        {
            LeftOut = options.LeftOut,
        };
    }

    /// <summary>Several references are expansion enough: the same person's, and surely so.</summary>
    private static ScoringRule RuleFor(int references, SearchOptions options)
    {
        if (references > 1)
            return options.Combine == Combine.Best ? ScoringRule.Best : ScoringRule.Mean;
        return options.Expand ? ScoringRule.Expanded : ScoringRule.Plain;
    }

    private static PersonRanking RankingOf(IVectorSearch vectors, PersonQuestion question, SearchOptions options) =>
        new(vectors, options.FilterOf(vectors), question);

    private List<Match> MatchesOf(
        PhotoScore[] ranked,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ScoringRule rule,
        float threshold,
        long searched,
        ISearchReader reader
    )
    {
        var own = references.Select(query => query.Sha256).ToHashSet(StringComparer.Ordinal);
        PhotoScore[] wanted = [.. ranked.Take(options.PhotosToRank).TakeWhile(score => score.Score >= threshold || options.BelowThreshold)];
        var (photos, faces) = reader.Find([.. wanted.Select(score => score.Photo)], [.. wanted.Select(score => new FaceId(score.Owner))]);
        var matches = new List<Match>();
        foreach (var (id, owner, score) in wanted)
        {
            if (matches.Count == options.Wanted)
                break;
            if (!photos.TryGetValue(id, out var photo) || photo.Paths.Count == 0 || !faces.TryGetValue(new FaceId(owner), out var face))
                continue; // removed since
            var meaning = meanings.Of(rule, references.Count, score);
            var expected = meaning.FalseMatchRate * searched;
            matches.Add(new Match(matches.Count + 1, photo, face, own.Contains(photo.Sha256), score, meaning, expected));
        }
        return matches;
    }
}
