using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Search;

namespace Sosia.Reports;

/// <summary>A page for the person at this machine: queries are the files that they named, and names link to files.</summary>
internal sealed class LocalPageSource(CollectionPictures pictures, IReadOnlyList<QueryPhoto> queries) : ISearchPageSource
{
    /// <summary>The query's file, if it still holds the bytes that were searched with.</summary>
    public ValueTask<byte[]?> PictureOfQuery(int query, CancellationToken cancellation) =>
        ValueTask.FromResult(OrNone(() => pictures.OfFile(queries[query].Path, queries[query].Sha256, SearchPage.Side, cancellation)));

    public ValueTask<byte[]?> PictureOf(Match match, CancellationToken cancellation) =>
        ValueTask.FromResult(OrNone(() => pictures.Thumbnail(match.Photo, SearchPage.Side, cancellation)));

    public Uri LinkTo(string path) => new(Path.GetFullPath(path));

    private static byte[]? OrNone(Func<byte[]?> make)
    {
        try
        {
            return make();
        }
        catch (UnreadablePhotoException)
        {
            return null;
        }
    }
}
