using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>Filters are made once, and kept as long as the table: until the collection changes.</summary>
internal sealed partial class VectorTable
{
    private const int MostFilters = 16;

    private readonly ConcurrentDictionary<string, LocalFilter> _filters = new(StringComparer.Ordinal);

    /// <inheritdoc cref="Ranking.IVectorSearch.Under"/>
    /// <param name="directory">Absolute path.</param>
    /// <param name="photosUnder">Says which photos lie there.</param>
    public LocalFilter Filter(string directory, Func<string, IReadOnlySet<PhotoId>> photosUnder)
    {
        if (_filters.TryGetValue(directory, out var kept))
            return kept;
        if (_filters.Count >= MostFilters)
            _filters.Clear();
        var photos = photosUnder(directory);
        return _filters[directory] = new LocalFilter(photos, RowSet.Where(_rows.Count, row => photos.Contains(Photo(row))));
    }
}
