using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Pipeline;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>How scores of several references of one person become one.</summary>
public enum Combine
{
    /// <summary>The score of the mean of the references' embeddings.</summary>
    Mean,

    /// <summary>The best score of any reference.</summary>
    Best,
}

/// <summary>What of a photo is compared.</summary>
public enum SearchBy
{
    /// <summary>A face: photos in which the person appears.</summary>
    Person,

    /// <summary>The whole photo: photos that look like it.</summary>
    Look,

    /// <summary>Both, the two rankings merged.</summary>
    Both,

    /// <summary>The picture itself: photos that were saved again from it, changed a little.</summary>
    Copy,
}

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

/// <summary>In which order an answer stands.</summary>
public enum SortBy
{
    /// <summary>The best first.</summary>
    Score,

    /// <summary>The last taken first.</summary>
    Newest,

    /// <summary>The first taken first.</summary>
    Oldest,
}

/// <summary>How a search is done.</summary>
public sealed record SearchOptions
{
    /// <summary>How many photos are wanted when the caller does not say.</summary>
    public const int DefaultLimit = 20;

    private const int MoreThanWanted = 8;

    /// <summary>Photos in the answer, at most; at least 1.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>What is compared.</summary>
    public SearchBy By { get; init; }

    /// <summary>
    /// Least score of a match, in [−1, 1]; null for the threshold of the calibration. By look there is none unless it is set; by both it
    /// is the person's.
    /// </summary>
    public float? Threshold { get; init; }

    /// <summary>Also photos below the threshold, up to <see cref="Limit"/>; by person only.</summary>
    public bool BelowThreshold { get; init; }

    /// <summary>Only these photos.</summary>
    public PhotoFilter Photos { get; init; } = new();

    /// <summary>The order of the answer. Which photos are in it, the score alone decides.</summary>
    public SortBy Sort { get; init; }

    /// <summary>How several references become one score.</summary>
    public Combine Combine { get; init; }

    /// <summary>
    /// Replace the query and the best candidates by themselves and their nearest rows before the last ranking (<see
    /// cref="QueryExpansion"/>). Only with one reference: several of the same person are expansion enough. Off unless asked for: it finds
    /// one more in a hundred (docs/evaluation.md), but one wrong neighbour can lead to somebody else, and it takes 20 to 50 times as long
    /// in the index (docs/vectors.md).
    /// </summary>
    public bool Expand { get; init; }

    /// <summary>Photos of others: a face that looks like one of them loses what it has in common with it beyond the threshold.</summary>
    public IReadOnlyList<QueryPhoto> Negatives { get; init; } = [];

    /// <summary>
    /// Every photo as a result of its own. Else copies and bursts of a result are folded into it: <see cref="Match.Folded"/>, and <see
    /// cref="Limit"/> counts what is different.
    /// </summary>
    public bool Unfold { get; init; }

    /// <summary>Photos wanted before they are folded, at least <see cref="Limit"/>.</summary>
    internal int Wanted
    {
        get => Math.Max(field, Limit);
        init;
    }

    /// <summary>Photos to rank: a few more than are wanted, because some may have been removed since.</summary>
    internal int PhotosToRank => (int)Math.Min((long)Wanted + MoreThanWanted, int.MaxValue);

    /// <summary>Limits a search to <see cref="Photos"/>; null for all of them.</summary>
    internal VectorFilter? FilterOf(IVectorSearch vectors) => Photos.IsAll ? null : vectors.Filter(Photos);

    /// <exception cref="ArgumentException">A setting that makes no sense, in one sentence.</exception>
    public void Check()
    {
        if (Limit < 1)
            throw new ArgumentException($"The number of photos wanted must be 1 or more, got {Limit}.");
        if (Threshold is < -1 or > 1 or float.NaN)
            throw new ArgumentException($"The threshold must lie between -1 and 1, got {Threshold}.");
        if (Photos.From >= Photos.Before)
            throw new ArgumentException(
                $"No photo was taken from {Photos.From:s} on and before {Photos.Before:s}: the end lies before the start."
            );
    }
}

/// <summary>A photo to search with.</summary>
/// <param name="Path">The file; what it is called in answers.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Faces">All faces in it, most confident first; lengths in pixels of the decoded photo.</param>
/// <param name="Face">The place of the face searched for; −1 when there is none.</param>
/// <param name="Width">Columns of the upright original.</param>
/// <param name="Height">Rows of the upright original.</param>
/// <param name="ToOriginal">Original pixels in one decoded pixel.</param>
public sealed record QueryPhoto(
    string Path,
    string Sha256,
    IReadOnlyList<ReadFace> Faces,
    int Face,
    int Width,
    int Height,
    float ToOriginal
)
{
    /// <summary>The row of the whole photo, for search by look; null when it was not read for that.</summary>
    public PhotoAppearance? Look { get; init; }

    /// <summary>What copies of the photo are found by; null for a stored photo, of which the collection has it.</summary>
    internal Copies.PhotoDescriptor? Descriptor { get; init; }

    /// <summary>The face searched for.</summary>
    /// <exception cref="QueryException">The photo has none.</exception>
    public ReadFace Wanted =>
        Face >= 0
            ? Faces[Face]
            : throw new QueryException(
                $"No face was found in {Path}; try a photo that shows the person from the front, or larger.",
                QueryProblem.NoFace
            );

    /// <summary>The box of a face in pixels of the upright original.</summary>
    public Box BoxOf(int face) => Faces[face].Face.Box.Scale(ToOriginal);
}

/// <summary>The row of a whole photo in a space of photos.</summary>
/// <param name="Space">The space's key.</param>
/// <param name="Row">Unit length; empty when the image model returned a zero vector.</param>
public sealed record PhotoAppearance(string Space, float[] Row);

/// <summary>A query that can't be answered. The message is one sentence for people.</summary>
public sealed class QueryException(string message, QueryProblem problem = QueryProblem.Other) : Exception(message)
{
    /// <summary>The kind of problem.</summary>
    public QueryProblem Problem { get; } = problem;
}

/// <summary>Why a query can't be answered.</summary>
public enum QueryProblem
{
    /// <summary>Only the message says.</summary>
    Other,

    /// <summary>The photo shows no face.</summary>
    NoFace,

    /// <summary>The face is too poor to be recognised.</summary>
    TooPoor,

    /// <summary>Nobody has measured what the model's scores mean, and no threshold was given.</summary>
    NotCalibrated,

    /// <summary>The collection was not indexed by look.</summary>
    NotIndexedByLook,
}

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

    /// <summary>The photos that are like this one and were found too, the best first; empty when they were not folded.</summary>
    public IReadOnlyList<FoldedMatch> Folded { get; init; } = [];

    /// <summary>What the score says, in words: of a look no more than that it is alike.</summary>
    public string Sentence =>
        FoundBy switch
        {
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

/// <summary>The answer to a search.</summary>
/// <param name="Queries">The photos searched with, the first one first.</param>
/// <param name="Matches">Best first, unless another order was asked for; every photo once.</param>
/// <param name="Threshold">Scores below it are not the same person, by the calibration or by the caller's word; null by look, unless the
/// caller set one.</param>
/// <param name="Rule">How the score was made: plain, expanded, best or mean of several.</param>
/// <param name="FacesSearched">Faces compared.</param>
/// <param name="IndexTime">Time in the index alone.</param>
/// <param name="Elapsed">From reading the query to the answer.</param>
public sealed record SearchResult(
    IReadOnlyList<QueryPhoto> Queries,
    IReadOnlyList<Match> Matches,
    float? Threshold,
    ScoringRule Rule,
    long FacesSearched,
    TimeSpan IndexTime,
    TimeSpan Elapsed
)
{
    /// <summary>What was compared.</summary>
    public SearchBy By { get; init; }

    /// <summary>Whole photos compared.</summary>
    public long PhotosSearched { get; init; }

    /// <summary>By both was asked for, and no reference has a face that can be recognised.</summary>
    public bool OnlyByLook { get; init; }

    /// <summary>What the calibration used says of any score under this search's rule.</summary>
    public required Func<float, ScoreMeaning> Meaning { get; init; }

    /// <summary>Photos in the answer, other than the query's own, that reach the threshold, or were found by look.</summary>
    public int Found => Matches.Count(IsFound);

    /// <summary>The same with those that were folded into others.</summary>
    public int FoundInAll => Matches.Sum(match => match.Folded.Select(folded => folded.Match).Append(match).Count(IsFound));

    private bool IsFound(Match match) => !match.IsQuery && (match.FoundBy != FoundBy.Person || match.Score >= Threshold);

    /// <summary>True when there is one.</summary>
    public bool FoundSomebody => FoundInAll > 0;
}

/// <summary>Whether two photos show the same person.</summary>
/// <param name="First">One photo.</param>
/// <param name="Second">The other.</param>
/// <param name="Score">Cosine similarity of the two faces, in [−1, 1].</param>
/// <param name="Meaning">How often two different people score as high.</param>
/// <param name="Threshold">What decides.</param>
public sealed record Comparison(QueryPhoto First, QueryPhoto Second, float Score, ScoreMeaning Meaning, float Threshold)
{
    /// <summary>Share of comparisons of two different people that score as high; null where the model is not calibrated.</summary>
    public double? FalseMatchRate => Meaning.FalseMatchRate;

    /// <summary>The score reaches the threshold.</summary>
    public bool Same => Score >= Threshold;
}

/// <summary>Why a photo is, or is not, among the results.</summary>
public enum WhyKind
{
    /// <summary>It is among the results.</summary>
    Found,

    /// <summary>Its best face scores below the threshold.</summary>
    BelowThreshold,

    /// <summary>It scores above the threshold, but more photos than were asked for score higher.</summary>
    BeyondLimit,

    /// <summary>No face was found in it.</summary>
    NoFace,

    /// <summary>Its faces are too small or too poor.</summary>
    TooPoor,

    /// <summary>It could not be read.</summary>
    Unreadable,

    /// <summary>It waits to be indexed.</summary>
    Waiting,

    /// <summary>The collection does not have it.</summary>
    NotInCollection,

    /// <summary>It was not indexed by look.</summary>
    NotByLook,
}

/// <summary>Why a photo is, or is not, among the results.</summary>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Sentence">One sentence for people.</param>
/// <param name="Rank">Its place among all photos; null when it was not ranked.</param>
/// <param name="Score">Its best face's score; null when it has none.</param>
/// <param name="Threshold">The threshold of the search; null where there is none.</param>
public sealed record Why(WhyKind Kind, string Sentence, int? Rank, float? Score, float? Threshold);
