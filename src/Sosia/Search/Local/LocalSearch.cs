using Sosia.Catalogue;
using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>
/// A table as it is searched for one question: the filters that it needs come from the catalogue. Every answer is computed at once.
/// </summary>
internal sealed class LocalSearch(VectorTable table, ISearchReader reader) : IVectorSearch
{
    /// <inheritdoc/>
    public long Count => table.Count;

    /// <inheritdoc/>
    public int Dimensions => table.Dimensions;

    /// <inheritdoc/>
    public VectorFilter Filter(PhotoFilter filter) => table.Filter(filter, reader.PhotosIn);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<VectorHit>>> NearestAsync(
        IReadOnlyList<float[]> vectors,
        int count,
        VectorFilter? filter = null,
        float least = float.NegativeInfinity,
        CancellationToken cancellation = default
    ) => ValueTask.FromResult<IReadOnlyList<IReadOnlyList<VectorHit>>>(table.Nearest(vectors, count, RowsOf(filter), least, cancellation));

    /// <inheritdoc/>
    public IAsyncEnumerable<VectorHit> AboveAsync(
        float[] vector,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    ) => table.Above(vector, score, RowsOf(filter), cancellation).ToAsyncEnumerable();

    /// <inheritdoc/>
    public ValueTask<long> CountBeforeAsync(
        IReadOnlyList<float[]> vectors,
        PhotoId photo,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    ) => ValueTask.FromResult(table.CountBefore(vectors, photo, score, RowsOf(filter), cancellation));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float[]?>> VectorsAsync(IReadOnlyList<long> owners, CancellationToken cancellation = default)
    {
        var vectors = new float[]?[owners.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            var row = table.RowOf(owners[i]);
            vectors[i] = row < 0 ? null : table.Row(row).ToArray();
        }
        return ValueTask.FromResult<IReadOnlyList<float[]?>>(vectors);
    }

    private static RowSet? RowsOf(VectorFilter? filter) =>
        filter switch
        {
            null => null,
            LocalFilter local => local.Rows,
            _ => throw new ArgumentException("The filter was made by another search.", nameof(filter)),
        };
}
