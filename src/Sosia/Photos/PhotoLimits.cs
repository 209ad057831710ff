namespace Sosia.Photos;

/// <summary>What every decoder checks before it decodes, and how it says what is wrong.</summary>
internal static class PhotoLimits
{
    public const string EndsTooEarly = "it ends too early";

    /// <summary>Whether a picture may be decoded.</summary>
    /// <param name="size">Columns and rows, as the header says.</param>
    /// <param name="bytesAPixel">Memory that decoding takes for each pixel, at most; 0 where it does not grow with them.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="UnreadablePhotoException">Over a limit.</exception>
    public static void Check((long Width, long Height) size, double bytesAPixel, PhotoOptions options)
    {
        var pixels = size.Width * size.Height;
        if (pixels > options.MaxPixels)
            throw OverLimit(
                $"The image has {size.Width:N0} × {size.Height:N0} = {pixels:N0} pixels, and the limit is {options.MaxPixels:N0}; "
                    + "raise it with --max-pixels."
            );
        if (Math.Max(size.Width, size.Height) > options.MaxSide)
            throw OverLimit(
                $"The image has {size.Width:N0} × {size.Height:N0} pixels, and no side may be longer than {options.MaxSide:N0}; raise it "
                    + "with --max-side."
            );
        if (pixels * bytesAPixel > options.MaxMemory)
            throw OverLimit(
                $"Decoding the image takes up to {pixels * bytesAPixel:N0} bytes of memory, and the limit is {options.MaxMemory:N0}; "
                    + "raise it with --max-memory."
            );
    }

    public static UnreadablePhotoException Damaged(string how, Exception? inner = null) =>
        new(UnreadableReason.Damaged, $"The image is damaged ({how}); copy it again from where it came.", inner);

    public static UnreadablePhotoException TooSlow(PhotoOptions options) =>
        new(
            UnreadableReason.TooSlow,
            $"The image took longer than {options.Timeout.TotalSeconds:F0} s to decode; raise the limit with --timeout and index with "
                + "--retry-failed."
        );

    private static UnreadablePhotoException OverLimit(string message) => new(UnreadableReason.OverLimit, message);
}
