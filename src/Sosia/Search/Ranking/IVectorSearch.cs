using Sosia.Catalogue;

namespace Sosia.Search.Ranking;

/// <summary>A row that was found.</summary>
/// <param name="Photo">Its photo.</param>
/// <param name="Owner">The number of its face; in a space of photos, of its photo.</param>
/// <param name="Score">Cosine with the vector that was asked about, in [−1, 1] up to rounding.</param>
internal readonly record struct VectorHit(PhotoId Photo, long Owner, float Score)
{
    /// <summary>The face, in a space of faces.</summary>
    public FaceId Face => new(Owner);
}

/// <summary>
/// Which photos are searched. Made once by <see cref="IVectorSearch.Filter"/>, and good for the rows that it was made by.
/// </summary>
internal abstract class VectorFilter
{
    /// <summary>Whether the photo is searched.</summary>
    public abstract bool Contains(PhotoId photo);
}

/// <summary>
/// The embeddings of one space at one moment, to be searched: every call sees the same rows. Vectors are of unit length and of the space's
/// dimensions. Safe for many callers.
/// </summary>
internal interface IVectorSearch
{
    /// <summary>Rows that can be found.</summary>
    long Count { get; }

    /// <summary>Floats a row.</summary>
    int Dimensions { get; }

    /// <summary>The photos that a filter means.</summary>
    VectorFilter Filter(PhotoFilter filter);

    /// <summary>The nearest rows of each vector.</summary>
    /// <param name="vectors">What to search with.</param>
    /// <param name="count">Rows wanted for each.</param>
    /// <param name="filter">Only rows of these photos; null for all.</param>
    /// <param name="least">Only rows of a higher score.</param>
    /// <param name="cancellation">Checked between vectors.</param>
    /// <returns>For each vector its rows, exactly the best ones, best first; equal scores in order of <see
    /// cref="VectorHit.Owner"/>.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<VectorHit>>> NearestAsync(
        IReadOnlyList<float[]> vectors,
        int count,
        VectorFilter? filter = null,
        float least = float.NegativeInfinity,
        CancellationToken cancellation = default
    );

    /// <summary>All rows of a score or a higher one, as they are found, in no order.</summary>
    /// <param name="vector">What to search with.</param>
    /// <param name="score">Least score.</param>
    /// <param name="filter">Only rows of these photos; null for all.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    IAsyncEnumerable<VectorHit> AboveAsync(
        float[] vector,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    );

    /// <summary>How many other photos come before a photo: their best row for any of the vectors scores higher, or as high where their
    /// number is lower.</summary>
    /// <param name="vectors">What to search with.</param>
    /// <param name="photo">The photo.</param>
    /// <param name="score">Its score.</param>
    /// <param name="filter">Only these photos are counted; null for all.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    ValueTask<long> CountBeforeAsync(
        IReadOnlyList<float[]> vectors,
        PhotoId photo,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    );

    /// <summary>The vectors of some faces; in a space of photos, of some photos.</summary>
    /// <param name="owners">Their numbers.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <returns>One for each; null where it has none.</returns>
    ValueTask<IReadOnlyList<float[]?>> VectorsAsync(IReadOnlyList<long> owners, CancellationToken cancellation = default);
}
