using Sosia.Catalogue;

namespace Sosia.Search.Ranking;

/// <summary>What a search by person asks for.</summary>
/// <param name="References">Unit rows of the person.</param>
/// <param name="Rule">How several scores become one.</param>
/// <param name="Own">The photo of the first reference; null when the collection does not hold it.</param>
/// <param name="Negatives">Unit rows of others.</param>
/// <param name="Strangers">Up to this cosine with a negative, a face has nothing in common with it.</param>
/// <param name="Limit">Photos wanted.</param>
internal sealed record PersonQuestion(
    IReadOnlyList<float[]> References,
    ScoringRule Rule,
    PhotoId? Own,
    IReadOnlyList<float[]> Negatives,
    float Strangers,
    int Limit
)
{
    /// <summary>Faces that don't count; null for none.</summary>
    public IReadOnlySet<FaceId>? LeftOut { get; init; }
}

/// <summary>Ranks photos by the score of a person: plain or expanded, and lowered by photos of others.</summary>
/// <param name="vectors">What is searched.</param>
/// <param name="filter">Only these photos; null for all.</param>
/// <param name="question">What is asked for.</param>
internal sealed class PersonRanking(IVectorSearch vectors, VectorFilter? filter, PersonQuestion question)
{
    private readonly PhotoRanking _photos = new(vectors, filter, question.LeftOut);

    /// <summary>The best photos.</summary>
    public ValueTask<PhotoScore[]> BestAsync(int photos, CancellationToken cancellation) =>
        question.Negatives.Count == 0
            ? BestWithoutNegativesAsync(photos, cancellation)
            : PhotoRanking.BestAfterAsync(
                count => BestWithoutNegativesAsync(count, cancellation),
                ranked => PushAwayAsync(ranked, cancellation),
                photos
            );

    /// <summary>The place of a photo among all, counted from 1, and its score; null when it has no face that can be ranked.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="faces">Its faces.</param>
    /// <param name="cancellation">Checked between searches.</param>
    public async ValueTask<(int Rank, float Score)?> PlaceOfAsync(
        PhotoId photo,
        IReadOnlyList<FaceRow> faces,
        CancellationToken cancellation
    )
    {
        if (filter?.Contains(photo) == false)
            return null;
        var counted = faces.Where(face => question.LeftOut?.Contains(face.Id) != true);
        var stored = await vectors.VectorsAsync([.. counted.Select(face => face.Id.Value)], cancellation);
        float[][] rows = [.. stored.OfType<float[]>()];
        if (rows.Length == 0)
            return null;
        if (question.Negatives.Count > 0)
            return await PlaceByRankingAsync(photo, cancellation);
        if (question.Rule == ScoringRule.Expanded)
        {
            var place = PlaceIn(await BestAsync(question.Limit, cancellation), photo, QueryExpansion.Candidates(question.Limit));
            if (place is not null)
                return place;
        }
        var score = rows.Max(row => question.References.Max(reference => Similarity.Of(reference, row)));
        var before = await vectors.CountBeforeAsync(question.References, photo, score, filter, cancellation);
        return (checked((int)(1 + before)), score);
    }

    private ValueTask<PhotoScore[]> BestWithoutNegativesAsync(int photos, CancellationToken cancellation) =>
        question.Rule == ScoringRule.Expanded
            ? _photos.BestExpandedAsync(
                question.References[0],
                question.Own,
                QueryExpansion.Candidates(question.Limit),
                photos,
                cancellation
            )
            : _photos.BestAsync(question.References, photos, cancellation);

    /// <summary>
    /// Takes from each photo what its best face has in common with a negative beyond the threshold. Strangers to the negatives keep their
    /// score, so its meaning holds; the others only fall, so it never promises too much.
    /// </summary>
    private async ValueTask<PhotoScore[]> PushAwayAsync(IReadOnlyList<PhotoScore> ranked, CancellationToken cancellation)
    {
        var rows = await vectors.VectorsAsync([.. ranked.Select(score => score.Owner)], cancellation);
        return
        [
            .. ranked.Select(
                (score, i) =>
                {
                    var likeness = question.Negatives.Max(negative => Similarity.Of(negative, rows[i]!));
                    return score with { Score = score.Score - Math.Max(0, likeness - question.Strangers) };
                }
            ),
        ];
    }

    private static (int Rank, float Score)? PlaceIn(PhotoScore[] ranked, PhotoId photo, int certain)
    {
        var place = Array.FindIndex(ranked, score => score.Photo == photo);
        return place < 0 || place >= certain ? null : (place + 1, ranked[place].Score);
    }

    /// <summary>Ranks more and more photos until the place of one is certain.</summary>
    private async ValueTask<(int Rank, float Score)?> PlaceByRankingAsync(PhotoId photo, CancellationToken cancellation)
    {
        for (var taken = 2L * question.Limit + 100; ; taken *= 8)
        {
            var before = await BestWithoutNegativesAsync((int)Math.Min(taken, int.MaxValue), cancellation);
            var after = PhotoRanking.Sorted(await PushAwayAsync(before, cancellation));
            var place = Array.FindIndex(after, score => score.Photo == photo);
            if (before.Length < taken || (place >= 0 && after[place].Score > before[^1].Score))
                return place < 0 ? null : (place + 1, after[place].Score);
        }
    }
}
