namespace Sosia.Photos;

/// <summary>A decoded photo: upright, sRGB, 8 bits a channel. Never changed after it is made.</summary>
internal sealed class Photo
{
    private readonly byte[] _pixels;

    /// <param name="width">Columns, in pixels.</param>
    /// <param name="height">Rows, in pixels.</param>
    /// <param name="pixels">Height × width × 3 bytes: red, green, blue; top row first. Owned by the photo from here on.</param>
    /// <param name="originalWidth">Columns of the upright file before any shrinking.</param>
    /// <param name="originalHeight">Rows of the upright file before any shrinking.</param>
    /// <exception cref="ArgumentException">The array is not width × height × 3 bytes long.</exception>
    public Photo(int width, int height, byte[] pixels, int originalWidth, int originalHeight)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width <= 0 || height <= 0 || pixels.Length != (long)width * height * Channels)
            throw new ArgumentException($"Expected {width} × {height} × {Channels} bytes, got {pixels.Length}.", nameof(pixels));
        _pixels = pixels;
        (Width, Height, OriginalWidth, OriginalHeight) = (width, height, originalWidth, originalHeight);
    }

    /// <summary>Bytes a pixel: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Columns, in pixels.</summary>
    public int Width { get; }

    /// <summary>Rows, in pixels.</summary>
    public int Height { get; }

    /// <summary>Columns of the upright file before shrinking.</summary>
    public int OriginalWidth { get; }

    /// <summary>Rows of the upright file before shrinking.</summary>
    public int OriginalHeight { get; }

    /// <summary>Original pixels per decoded pixel, 1 or more: multiply a length here to get it in the file's pixels.</summary>
    public float ToOriginal => (float)OriginalWidth / Width;

    /// <summary>Height × width × 3 bytes: red, green, blue; top row first.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;
}
