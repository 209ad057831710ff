using Sosia.Catalogue;

namespace Sosia.Search;

/// <summary>Matches of whole photos, which have no face and no rate of false matches.</summary>
internal static class WholePhotoMatches
{
    /// <param name="ranked">Photos with their scores, best first.</param>
    /// <param name="foundBy">What found them.</param>
    /// <param name="references">What was searched with.</param>
    /// <param name="most">Matches wanted, at most.</param>
    /// <param name="reader">Reads the photos; those that were removed since are left out.</param>
    public static List<Match> Of(
        IReadOnlyList<(PhotoId Photo, float Score)> ranked,
        string foundBy,
        IReadOnlyList<QueryPhoto> references,
        int most,
        IPhotoReader reader
    )
    {
        var own = references.Select(query => query.Sha256).ToHashSet(StringComparer.Ordinal);
        var photos = reader.FindPhotos([.. ranked.Select(score => score.Photo)]);
        return
        [
            .. ranked
                .Where(score => photos.TryGetValue(score.Photo, out var photo) && photo.Paths.Count > 0)
                .Take(most)
                .Select((score, i) => ToMatch(i + 1, photos[score.Photo], score.Score)),
        ];

        Match ToMatch(int rank, PhotoRow photo, float score) =>
            new(rank, photo, null, own.Contains(photo.Sha256), score, default, null, foundBy)
            {
                LookScore = foundBy == FoundBy.Look ? score : null,
            };
    }
}
