using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Photos.Facts;

namespace Sosia.Search;

/// <summary>Makes one result of photos that are copies of each other, or of one moment: the best of them, which holds the others.</summary>
internal static class ResultFolding
{
    /// <param name="matches">Best first.</param>
    /// <param name="limit">Different results wanted, at most.</param>
    /// <param name="reader">Has what copies are found by; photos without it are like no other.</param>
    /// <returns>The different ones, ranked anew; what is like none of the first <paramref name="limit"/> is left out behind them.</returns>
    public static IReadOnlyList<Match> Fold(IReadOnlyList<Match> matches, int limit, IDescriptorReader reader)
    {
        if (matches.Count < 2)
            return matches;
        var descriptors = reader.FindDescriptors([.. matches.Select(match => match.Photo.Id)], PhotoDescriptor.Version);
        var results = new List<Result>();
        foreach (var match in matches)
        {
            var photo =
                descriptors.GetValueOrDefault(match.Photo.Id) is { } bytes && PhotoDescriptor.Read(bytes) is { } descriptor
                    ? new ComparablePhoto(descriptor)
                    : null;
            var like = results
                .Select(result => (Of: result, Kind: result.KindOf(match, photo)))
                .FirstOrDefault(like => like.Kind is not null);
            if (like.Kind is { } kind)
                like.Of.Folded.Add(new FoldedMatch(match, kind));
            else if (results.Count < limit)
                results.Add(new Result(match, photo));
        }
        return [.. results.Select((result, i) => result.Best with { Rank = i + 1, Folded = result.Folded })];
    }

    private sealed record Result(Match Best, ComparablePhoto? Photo)
    {
        public List<FoldedMatch> Folded { get; } = [];

        /// <summary>In what a photo is like this one; null when it is not.</summary>
        public LikeKind? KindOf(Match match, ComparablePhoto? photo)
        {
            if (photo is null || Photo is null)
                return null;
            var (looksLike, atOnce) = (photo.LooksLike(Photo), IsSamePersonAtOnce(match));
            var likeness = looksLike || atOnce ? photo.Likeness(Photo) : -1;
            if (looksLike && likeness >= Likenesses.Copy)
                return LikeKind.Copy;
            return atOnce && likeness >= Likenesses.Burst ? LikeKind.Burst : null;
        }

        /// <summary>
        /// Both were found by the person, and a clock says that they were taken within a minute; a file's time is a copy's.
        /// </summary>
        private bool IsSamePersonAtOnce(Match match) =>
            match.Face is not null
            && Best.Face is not null
            && match.Photo.Taken is { From: not TimeSource.File } one
            && Best.Photo.Taken is { From: not TimeSource.File } other
            && (one.Clock - other.Clock).Duration() <= Likenesses.BurstTime;
    }
}
