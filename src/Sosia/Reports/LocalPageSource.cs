using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Search;

namespace Sosia.Reports;

/// <summary>A page for the person at this machine: queries are the files that they named, and names link to files.</summary>
internal sealed class LocalPageSource(Collection collection, IReadOnlyList<QueryPhoto> queries) : ISearchPageSource
{
    /// <summary>The query's file, if it still holds the bytes that were searched with.</summary>
    public ValueTask<byte[]?> PictureOfQuery(int query, CancellationToken cancellation) =>
        ValueTask.FromResult(
            OrNone(() =>
            {
                var file = PhotoFile.Read(queries[query].Path, collection.PhotoLimits, cancellation);
                return file.Sha256 == queries[query].Sha256 ? Thumbnailer.OfPhoto(file.Bytes, SearchPage.Side, cancellation) : null;
            })
        );

    public ValueTask<byte[]?> PictureOf(Match match, CancellationToken cancellation) =>
        ValueTask.FromResult(OrNone(() => collection.Thumbnail(match.Photo, SearchPage.Side, cancellation)));

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
