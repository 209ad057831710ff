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
        var pixels = photo.Pixels;
        var (width, height) = (photo.Width, photo.Height);
        ref var pixel = ref MemoryMarshal.GetReference(into[..(size.Width * size.Height * Photo.Channels)]);
        for (var y = 0; y < size.Height; y++)
        for (var x = 0; x < size.Width; x++)
        {
            var colour = Vector128<float>.Zero;
            for (var j = 0; j < grid; j++)
            {
                var start = toSource.Translation + (y + (j + 0.5f) * step) * down + (x + 0.5f * step) * across;
                for (var i = 0; i < grid; i++)
                    colour += Sample(pixels, width, height, start + i * step * across, outside);
            }
            Store(colour * weight, ref pixel, x == size.Width - 1);
            pixel = ref Unsafe.Add(ref pixel, Photo.Channels);
        }
    }

    /// <summary>The colour at a position, bilinear; the fourth lane means nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sample(ReadOnlySpan<byte> pixels, int width, int height, Vector2 position, byte outside)
    {
        var (x, y) = (position.X - 0.5f, position.Y - 0.5f);
        var (left, top) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (fx, fy) = (x - left, y - top);
        // One row less than there are: four bytes are read for three, which at the photo's last pixel would be one too many.
        if ((uint)left >= (uint)(width - 1) || (uint)top >= (uint)(height - 2)) return SampleAtEdge(pixels, (width, height), (left, top), new Vector2(fx, fy), outside);
        ref var upper = ref Unsafe.Add(ref MemoryMarshal.GetReference(pixels), (top * width + left) * Photo.Channels);
        ref var lower = ref Unsafe.Add(ref upper, width * Photo.Channels);
        return Mix(
            Mix(Colour(ref upper), Colour(ref Unsafe.Add(ref upper, Photo.Channels)), fx),
            Mix(Colour(ref lower), Colour(ref Unsafe.Add(ref lower, Photo.Channels)), fx), fy);
    }

    /// <summary>Where some of the four neighbours lie outside.</summary>
    private static Vector128<float> SampleAtEdge(ReadOnlySpan<byte> pixels, (int Width, int Height) size, (int Left, int Top) at, Vector2 share, byte outside) => Mix(
        Mix(Pixel(pixels, size, at.Left, at.Top, outside), Pixel(pixels, size, at.Left + 1, at.Top, outside), share.X),
        Mix(Pixel(pixels, size, at.Left, at.Top + 1, outside), Pixel(pixels, size, at.Left + 1, at.Top + 1, outside), share.X), share.Y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Mix(Vector128<float> one, Vector128<float> other, float share) => one + (other - one) * share;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Colour(ref byte pixel) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte())).AsInt32());

    private static Vector128<float> Pixel(ReadOnlySpan<byte> pixels, (int Width, int Height) size, int x, int y, byte outside)
    {
        if ((uint)x >= (uint)size.Width || (uint)y >= (uint)size.Height) return Vector128.Create((float)outside);
        var pixel = pixels.Slice((y * size.Width + x) * Photo.Channels, Photo.Channels);
        return Vector128.Create(pixel[0], pixel[1], (float)pixel[2], 0);
    }
}
