using Sosia.Catalogue;
using Sosia.Search.Ranking;

namespace Sosia.Postgres.Search;

/// <summary>Some photos.</summary>
internal sealed class DatabaseFilter(PhotoSet photos) : VectorFilter
{
    /// <summary>Their numbers.</summary>
    public long[] Ids { get; } = [.. photos.Select(photo => photo.Value)];

    /// <inheritdoc/>
    public override bool Contains(PhotoId photo) => photos.Contains(photo);
}
