using Sosia.Photos;

namespace Sosia.Copies;

/// <summary>
/// What copies of a photo are found by: the whole photo as 32 × 32 grey pixels, whatever its shape. Small enough to keep a million of them
/// in memory, and enough to see whether two photos show the same picture.
/// </summary>
internal sealed class PhotoDescriptor
{
    /// <summary>Columns and rows.</summary>
    public const int Side = 32;

    /// <summary>Bytes of a stored descriptor.</summary>
    public const int Length = Side * Side;

    /// <summary>
    /// The version of how descriptors are made. Those of a lower one are made again by the next index, and nothing else of their photos is.
    /// </summary>
    public const int Version = 1;

    private readonly byte[] _pixels;

    private PhotoDescriptor(byte[] pixels) => _pixels = pixels;

    /// <summary>Row by row, the top row first.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>How large a photo must be decoded for a descriptor, in pixels of its longest side.</summary>
    public static int SideFor(int longestSide) => Math.Min(longestSide, 8 * Side);

    /// <summary>The descriptor of a photo.</summary>
    public static PhotoDescriptor Of(Photo photo)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var small = new byte[Length * Photo.Channels];
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, small, (Side, Side));
        var grey = new byte[Length];
        for (var i = 0; i < grey.Length; i++)
            grey[i] = Grey(small.AsSpan(i * Photo.Channels, Photo.Channels));
        return new(grey);
    }

    /// <summary>A stored descriptor; null where the bytes are none.</summary>
    public static PhotoDescriptor? Read(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return bytes.Length == Length ? new(bytes) : null;
    }

    /// <summary>The bytes to store.</summary>
    public byte[] ToBytes() => [.. _pixels];

    /// <summary>The descriptor of the photo's mirror image, left and right exchanged.</summary>
    public PhotoDescriptor Mirrored()
    {
        var mirrored = (byte[])_pixels.Clone();
        Mirror<byte>(mirrored);
        return new(mirrored);
    }

    /// <summary>Exchanges left and right of 32 × 32 values.</summary>
    public static void Mirror<T>(Span<T> values)
    {
        for (var y = 0; y < Side; y++)
            values.Slice(y * Side, Side).Reverse();
    }

    /// <summary>Luma of sRGB, as BT.601 weighs it.</summary>
    private static byte Grey(ReadOnlySpan<byte> pixel) => (byte)((299 * pixel[0] + 587 * pixel[1] + 114 * pixel[2] + 500) / 1000);
}
