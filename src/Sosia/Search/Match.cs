using Sosia.Catalogue;
using Sosia.Search.Calibrating;

namespace Sosia.Search;

/// <summary>Which kind of comparison found a match, as other programs read it.</summary>
public static class FoundBy
{
    /// <summary>By person.</summary>
    public const string Person = "person";

    /// <summary>By look.</summary>
    public const string Look = "look";

    /// <summary>By both.</summary>
    public const string Both = "both";

    /// <summary>As a copy.</summary>
    public const string Copy = "copy";
}

/// <summary>Why two photos count as one result.</summary>
public enum LikeKind
{
    /// <summary>They show the same picture: resized, recompressed, brighter, mirrored, framed or cropped a little.</summary>
    Copy,

    /// <summary>They show the same person within a minute, and nearly the same picture.</summary>
    Burst,
}

/// <summary>A photo that was found and is like another that scores as high or higher.</summary>
/// <param name="Match">The photo as it was found.</param>
/// <param name="Kind">In what they are alike.</param>
public sealed record FoldedMatch(Match Match, LikeKind Kind);

/// <summary>A photo in which the person may appear, or that looks like the query.</summary>
/// <param name="Rank">1 for the best.</param>
/// <param name="Photo">The photo and its paths.</param>
/// <param name="Face">The face that matched, boxes in pixels of the upright original; null when it was found by look alone.</param>
/// <param name="IsQuery">The photo has the same bytes as one of the query's.</param>
/// <param name="Score">In [−1, 1]; higher is closer. Cosine similarity of faces under the rule that the result names, or of whole photos
/// when it was found by look alone.</param>
/// <param name="Meaning">How often two different people score as high; not measured for search by look.</param>
/// <param name="ExpectedFalseMatches">That rate times the faces searched: how many others in this collection should score as high by
/// chance; null where the model is not calibrated.</param>
/// <param name="FoundBy">Which kind of comparison found it, one of <see cref="Search.FoundBy"/>.</param>
public sealed record Match(
    int Rank,
    PhotoRow Photo,
    FaceRow? Face,
    bool IsQuery,
    float Score,
    ScoreMeaning Meaning,
    double? ExpectedFalseMatches,
    string FoundBy = Search.FoundBy.Person
)
{
    /// <summary>Cosine similarity of the whole photos, in [−1, 1], where it was found by look; else null.</summary>
    public float? LookScore { get; init; }

    /// <summary>Somebody said that the face is the person's.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>The photos that are like this one and were found too, the best first; empty when they were not folded.</summary>
    public IReadOnlyList<FoldedMatch> Folded { get; init; } = [];

    /// <summary>This match and those that were folded into it.</summary>
    public IEnumerable<Match> WithFolded => Folded.Select(folded => folded.Match).Prepend(this);

    /// <summary>The files that this match stands for beside its own: other places of the same file count as copies.</summary>
    /// <param name="kind">In what they are alike.</param>
    /// <returns>The photo and the path of each.</returns>
    public IEnumerable<(PhotoRow Photo, string Path)> FilesLikeIt(LikeKind kind)
    {
        var same = kind == LikeKind.Copy ? Photo.Paths.Skip(1).Select(path => (Photo, path)) : [];
        return same.Concat(
            Folded
                .Where(folded => folded.Kind == kind)
                .SelectMany(folded => folded.Match.Photo.Paths, (folded, path) => (folded.Match.Photo, path))
        );
    }

    /// <summary>How many files those are, of both kinds.</summary>
    public int CountLikeIt => Photo.Paths.Count - 1 + Folded.Sum(folded => folded.Match.Photo.Paths.Count);

    /// <summary>What the score says, in words: of a look no more than that it is alike.</summary>
    public string Sentence =>
        FoundBy switch
        {
            _ when IsConfirmed => "confirmed",
            Search.FoundBy.Copy => Score >= Copies.Likenesses.Copy ? "the same picture" : "a picture like it",
            Search.FoundBy.Look => "looks alike; error rate not measured",
            Search.FoundBy.Both => $"{Meaning.Sentence}; looks alike too",
            _ => Meaning.Sentence,
        };

    /// <summary>Cosine distance, 1 − score.</summary>
    public float Distance => 1 - Score;

    /// <summary>Where the photo lies, the first of its paths.</summary>
    public string Path => Photo.Paths[0];
}
