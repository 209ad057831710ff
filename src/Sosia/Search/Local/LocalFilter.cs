using Sosia.Catalogue;
using Sosia.Search.Ranking;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>Some photos, and their rows in one table.</summary>
internal sealed class LocalFilter(PhotoSet photos, RowSet rows) : VectorFilter
{
    /// <summary>The rows of the photos.</summary>
    public RowSet Rows => rows;

    /// <inheritdoc/>
    public override bool Contains(PhotoId photo) => photos.Contains(photo);
}
