using Sosia.Photos;
using Sosia.Reports;
using Sosia.Search;
using Sosia.Server.Errors;
using Sosia.Server.Work;

namespace Sosia.Server.Searching;

/// <summary>
/// A page that leaves the server: an uploaded photo is shown from its own bytes, a stored one by its id from the kept thumbnails; no file
/// is opened by a name that a client gave, and nothing says where a photo lies.
/// </summary>
internal sealed class ServedPageSource(IReadOnlyList<Reference> references, Collection collection, PictureWork work) : ISearchPageSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public ValueTask<byte[]?> PictureOfQuery(int query, CancellationToken cancellation) =>
        references[query] switch
        {
            { Upload: { } upload } => InTurn(
                ended => collection.Pictures.OfBytes(upload.Bytes, upload.Photo.Path, SearchPage.Side, ended),
                cancellation
            ),
            { Stored: { } stored } => InTurn(ended => collection.Pictures.Thumbnail(stored.Photo, SearchPage.Side, ended), cancellation),
            _ => ValueTask.FromResult<byte[]?>(null),
        };

    public ValueTask<byte[]?> PictureOf(Match match, CancellationToken cancellation) =>
        InTurn(ended => collection.Pictures.Thumbnail(match.Photo, SearchPage.Side, ended), cancellation);

    public Uri? LinkTo(string path) => null;

    /// <summary>One picture at a time. The page has begun, so that it can't be refused any more: it waits until there is room.</summary>
    private async ValueTask<byte[]?> InTurn(Func<CancellationToken, byte[]> make, CancellationToken cancellation)
    {
        while (true)
            try
            {
                return await work.Queue.Run(make, cancellation);
            }
            catch (UnreadablePhotoException)
            {
                return null; // the photo is gone or was changed: its line stands without a picture
            }
            catch (ProblemException busy) when (busy.Type == ProblemException.BusyType)
            {
                await Task.Delay(Pause, cancellation);
            }
    }
}
