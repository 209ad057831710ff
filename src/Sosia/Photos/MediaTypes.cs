namespace Sosia.Photos;

/// <summary>What a file is, by its first bytes: never by its name, and never something that a browser would run.</summary>
internal static class MediaTypes
{
    private const int HeadBytes = 64;

    /// <param name="file">Open at its start, and left there.</param>
    /// <param name="name">Its path, which tells camera RAW from TIFF.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static string Of(Stream file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        var head = new byte[HeadBytes];
        var length = file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        file.Position = 0;
        return PhotoFormats.Of(head.AsSpan(0, length), name) switch
        {
            PhotoFormat.Jpeg => "image/jpeg",
            PhotoFormat.Png => "image/png",
            PhotoFormat.Webp => "image/webp",
            PhotoFormat.Tiff => "image/tiff",
            PhotoFormat.Gif => "image/gif",
            PhotoFormat.Avif => "image/avif",
            PhotoFormat.Heic => "image/heic",
            PhotoFormat.JpegXl => "image/jxl",
            _ => "application/octet-stream",
        };
    }
}
