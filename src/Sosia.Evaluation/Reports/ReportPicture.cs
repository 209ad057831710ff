using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Pictures;

namespace Sosia.Evaluation.Reports;

/// <summary>Small pictures of photos of a data set that lies on this machine.</summary>
internal static class ReportPicture
{
    private static readonly PhotoOptions Options = new();
    private static readonly PhotoDecoder Decoder = new(Options);

    /// <returns>A small JPEG; null when the photo is gone or can't be read any more.</returns>
    /// <param name="path">A file that the person who asked for the report named, or that lies in a folder they named.</param>
    /// <param name="side">Longest side, in pixels.</param>
    public static byte[]? Of(string path, int side)
    {
        try
        {
            var photo = Decoder.Decode(PhotoFile.Read(path, Options), _ => side);
            return Thumbnailer.JpegOfPhoto(photo, side);
        }
        catch (UnreadablePhotoException)
        {
            return null;
        }
    }
}
