using Sosia.Faces;
using Sosia.Pipeline;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>The answer to a search.</summary>
/// <param name="Queries">The photos searched with, the first one first.</param>
/// <param name="Matches">Best first, unless another order was asked for; every photo once.</param>
/// <param name="Threshold">Scores below it are not the same person, by the calibration or by the caller's word; null by look, unless the
/// caller set one.</param>
/// <param name="Rule">How the score was made: plain, expanded, best or mean of several.</param>
/// <param name="FacesSearched">Faces compared.</param>
/// <param name="IndexTime">Time in the index alone.</param>
/// <param name="Elapsed">From the open index to the answer.</param>
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

    /// <summary>Until the index was open and up to date, before <see cref="Elapsed"/>: what the first search waits for.</summary>
    public TimeSpan OpeningTime { get; init; }

    /// <summary>People who have names were searched for: a query of each, its best photo, stands for them.</summary>
    public bool IsOfPeople { get; init; }

    /// <summary>Whole photos compared.</summary>
    public long PhotosSearched { get; init; }

    /// <summary>By both was asked for, and no reference has a face that can be recognised.</summary>
    public bool OnlyByLook { get; init; }

    /// <summary>What the calibration used says of any score under this search's rule.</summary>
    public required Func<float, ScoreMeaning> Meaning { get; init; }

    /// <summary>
    /// Photos in the answer, other than the query's own, that reach the threshold, or were found by look; those that were folded into
    /// others count too.
    /// </summary>
    public int Found =>
        Matches
            .SelectMany(match => match.WithFolded)
            .Count(match => !match.IsQuery && (match.IsConfirmed || match.FoundBy != FoundBy.Person || match.Score >= Threshold));

    /// <summary>True when there is one.</summary>
    public bool FoundSomebody => Found > 0;

    /// <summary>The same answer in another order; the ranks stay.</summary>
    internal SearchResult SortedBy(SortBy order) =>
        order switch
        {
            SortBy.Newest => this with { Matches = [.. Matches.OrderByDescending(match => match.Photo.Taken?.Clock)] },
            SortBy.Oldest => this with { Matches = [.. Matches.OrderBy(match => match.Photo.Taken?.Clock)] },
            _ => this,
        };

    /// <summary>The same answer with every photo as a match of its own: what was folded into a match follows it.</summary>
    public SearchResult Unfolded() =>
        this with
        {
            Matches = [.. Matches.SelectMany(match => match.WithFolded).Select((match, i) => match with { Rank = i + 1, Folded = [] })],
        };
}

/// <summary>A face seen closely.</summary>
/// <param name="Aligned">What the network saw.</param>
/// <param name="Quality">How good it is.</param>
/// <param name="Embedding">Its unit row.</param>
public sealed record CloseFace(AlignedFace Aligned, FaceQuality Quality, float[] Embedding);

/// <summary>Two faces compared closely.</summary>
/// <param name="Score">Their cosine.</param>
/// <param name="Meaning">How often two different people score as high.</param>
/// <param name="First">How the score falls where the first is covered.</param>
/// <param name="Second">How the score falls where the second is covered.</param>
public sealed record ClosePair(float Score, ScoreMeaning Meaning, HeatMap First, HeatMap Second);

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
