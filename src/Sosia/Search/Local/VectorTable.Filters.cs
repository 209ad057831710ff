using System.Collections.Concurrent;
using Sosia.Catalogue;

namespace Sosia.Search.Local;

/// <summary>Filters are made once, and kept as long as the table: until the collection changes.</summary>
internal sealed partial class VectorTable
{
    private const int MostFilters = 16;

    private readonly ConcurrentDictionary<string, LocalFilter> _filters = new(StringComparer.Ordinal);

    /// <inheritdoc cref="Ranking.IVectorSearch.Filter"/>
    /// <param name="filter">Which photos.</param>
    /// <param name="photosIn">Says which they are.</param>
    public LocalFilter Filter(PhotoFilter filter, Func<PhotoFilter, PhotoSet> photosIn)
    {
        if (_filters.TryGetValue(filter.Key, out var kept))
            return kept;
        if (_filters.Count >= MostFilters)
            _filters.Clear();
        var photos = photosIn(filter);
        return _filters[filter.Key] = new LocalFilter(photos, _ids.RowsOf(photos));
    }
}
