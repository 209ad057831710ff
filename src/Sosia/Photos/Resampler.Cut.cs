using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Photos;

public static partial class Resampler
{
    /// <summary>A rectangle cut out of a photo, turned and scaled.</summary>
    /// <param name="photo">Source; outside of it is <paramref name="outside"/>.</param>
    /// <param name="toSource">Takes positions in the cut to positions in the photo; no shear.</param>
    /// <param name="size">Columns and rows of the cut.</param>
    /// <param name="into">Height × width × 3 bytes.</param>
    /// <param name="outside">Grey value beyond the photo's edge.</param>
    public static void Cut(Photo photo, Matrix3x2 toSource, (int Width, int Height) size, Span<byte> into, byte outside = 0)
    {
        ArgumentNullException.ThrowIfNull(photo);
        // When the cut is smaller than what it shows, every pixel is the mean of a grid of samples over the area it covers.
        var (across, down) = (new Vector2(toSource.M11, toSource.M12), new Vector2(toSource.M21, toSource.M22));
        var grid = Math.Max(1, (int)MathF.Round(across.Length()));
        var step = 1f / grid;
        var weight = 1f / (grid * grid);
        for (var y = 0; y < size.Height; y++)
        for (var x = 0; x < size.Width; x++)
        {
            var colour = Vector128<float>.Zero;
            for (var j = 0; j < grid; j++)
            for (var i = 0; i < grid; i++)
                colour += Sample(photo, toSource.Translation + (x + (i + 0.5f) * step) * across + (y + (j + 0.5f) * step) * down, outside);
            Store(colour * weight, into.Slice((y * size.Width + x) * Photo.Channels, Photo.Channels));
        }
    }

    /// <summary>The colour at a position, bilinear; the fourth lane means nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sample(Photo photo, Vector2 position, byte outside)
    {
        var (x, y) = (position.X - 0.5f, position.Y - 0.5f);
        var (left, top) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (fx, fy) = (x - left, y - top);
        // One row less than there are: four bytes are read for three, which at the photo's last pixel would be one too many.
        if ((uint)left < (uint)(photo.Width - 1) && (uint)top < (uint)(photo.Height - 2))
        {
            ref var upper = ref Unsafe.Add(ref MemoryMarshal.GetReference(photo.Pixels), (top * photo.Width + left) * Photo.Channels);
            ref var lower = ref Unsafe.Add(ref upper, photo.Width * Photo.Channels);
            return Mix(
                Mix(Colour(ref upper), Colour(ref Unsafe.Add(ref upper, Photo.Channels)), fx),
                Mix(Colour(ref lower), Colour(ref Unsafe.Add(ref lower, Photo.Channels)), fx), fy);
        }
        return Mix(
            Mix(Pixel(photo, left, top, outside), Pixel(photo, left + 1, top, outside), fx),
            Mix(Pixel(photo, left, top + 1, outside), Pixel(photo, left + 1, top + 1, outside), fx), fy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Mix(Vector128<float> one, Vector128<float> other, float share) => one + (other - one) * share;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Colour(ref byte pixel) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte())).AsInt32());

    private static Vector128<float> Pixel(Photo photo, int x, int y, byte outside)
    {
        if ((uint)x >= (uint)photo.Width || (uint)y >= (uint)photo.Height) return Vector128.Create((float)outside);
        var pixel = photo.Pixels.Slice((y * photo.Width + x) * Photo.Channels, Photo.Channels);
        return Vector128.Create(pixel[0], pixel[1], (float)pixel[2], 0);
    }
}
