using Sosia.Catalogue;
using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>A table as it is searched for one question: the filters that it needs come from the catalogue.</summary>
internal sealed class LocalSearch(VectorTable table, ISearchReader reader) : IVectorSearch
{
    /// <inheritdoc/>
    public long Count => table.Count;

    /// <inheritdoc/>
    public int Dimensions => table.Dimensions;

    /// <inheritdoc/>
    public VectorFilter Under(string directory) => table.Filter(directory, reader.PhotosUnder);

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<VectorHit>> Nearest(
        IReadOnlyList<float[]> vectors,
        int count,
        VectorFilter? filter = null,
        float least = float.NegativeInfinity,
        CancellationToken cancellation = default
    ) => table.Nearest(vectors, count, RowsOf(filter), least, cancellation);

    /// <inheritdoc/>
    public IEnumerable<VectorHit> Above(
        float[] vector,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    ) => table.Above(vector, score, RowsOf(filter), cancellation);

    /// <inheritdoc/>
    public long CountBefore(
        IReadOnlyList<float[]> vectors,
        PhotoId photo,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    ) => table.CountBefore(vectors, photo, score, RowsOf(filter), cancellation);

    /// <inheritdoc/>
    public IReadOnlyList<float[]?> Vectors(IReadOnlyList<long> owners)
    {
        var vectors = new float[]?[owners.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            var row = table.RowOf(owners[i]);
            vectors[i] = row < 0 ? null : table.Row(row).ToArray();
        }
        return vectors;
    }

    private static RowSet? RowsOf(VectorFilter? filter) =>
        filter switch
        {
            null => null,
            LocalFilter local => local.Rows,
            _ => throw new ArgumentException("The filter was made by another search.", nameof(filter)),
        };
}
