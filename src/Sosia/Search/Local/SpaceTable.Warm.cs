using Sosia.Catalogue;

namespace Sosia.Search.Local;

internal sealed partial class SpaceTable
{
    private const int WarmPhotos = 20;

    /// <summary>So many rows are fetched, and checked, in a few milliseconds.</summary>
    private const int FewRows = 50_000;

    /// <summary>
    /// Searches once for nobody: what a search runs is compiled, and what it reads is at hand, before there is anybody to wait for it.
    /// </summary>
    /// <returns>Photos ranked.</returns>
    public int Warm(bool expand)
    {
        for (var row = 0; row < _rows.Count && _rows.Count <= FewRows; row++)
            _ = Row(row);
        var query = new float[Dimensions];
        query[0] = 1;
        return (
            expand
                ? RankExpanded(query, new PhotoId(0), null, WarmPhotos, others: false)
                : Best([query], null, WarmPhotos) ?? Rank([query], null)
        ).Length;
    }
}
