using Sosia.Catalogue;
using Sosia.Hosting;
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

    /// <summary>Faces that are never found, as if they were not there; by person only.</summary>
    public IReadOnlySet<FaceId>? LeftOut { get; init; }

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

    /// <exception cref="OptionException">A setting that makes no sense, in one sentence.</exception>
    public void Check()
    {
        if (Limit < 1)
            throw new OptionException($"The number of photos wanted must be 1 or more, got {Limit}.");
        if (Threshold is < -1 or > 1 or float.NaN)
            throw new OptionException($"The threshold must lie between -1 and 1, got {Threshold}.");
        if (Photos.From >= Photos.Before)
            throw new OptionException(
                $"No photo was taken from {Photos.From:s} on and before {Photos.Before:s}: the end lies before the start."
            );
    }
}
