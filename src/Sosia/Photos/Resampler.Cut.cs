using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Photos;

internal static partial class Resampler
{
    /// <summary>Most samples across one pixel of a cut: beyond what any face needs that fits into a decoded photo.</summary>
    private const int LargestGrid = 128;

    /// <summary>A rectangle cut out of a photo, turned and scaled.</summary>
    /// <param name="photo">Source; outside of it is <paramref name="outside"/>.</param>
    /// <param name="toSource">Takes positions in the cut to positions in the photo; no shear.</param>
    /// <param name="size">Columns and rows of the cut.</param>
    /// <param name="into">Height × width × 3 bytes.</param>
    /// <param name="outside">Grey value beyond the photo's edge.</param>
    /// <param name="cancellation">Checked before each row.</param>
    /// <remarks>
    /// Whatever the transform, also one that is not finite, the samples taken are about as many as the photo has pixels: a pixel of the cut
    /// that lies beside the photo takes none, and one that shows a large part of the photo takes at most <see cref="LargestGrid"/>².
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled; what was written of the cut means nothing.</exception>
    public static void Cut(
        Photo photo,
        Matrix3x2 toSource,
        (int Width, int Height) size,
        Span<byte> into,
        byte outside = 0,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(photo);
        // When the cut is smaller than what it shows, every pixel is the mean of a grid of samples over the area it covers.
        var (across, down) = (new Vector2(toSource.M11, toSource.M12), new Vector2(toSource.M21, toSource.M22));
        var grid = (int)Math.Clamp(MathF.Round(across.Length()), 1, LargestGrid);
        ref var pixel = ref MemoryMarshal.GetReference(into[..(size.Width * size.Height * Photo.Channels)]);
        for (var y = 0; y < size.Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = toSource.Translation + y * down;
            // Where all corners of a row lie inside the photo, all of it does.
            if (
                IsInside(start)
                && IsInside(start + down)
                && IsInside(start + size.Width * across)
                && IsInside(start + down + size.Width * across)
            )
                CutInside(photo.Pixels, photo.Width, (start, across, down), grid, ref pixel, size.Width);
            else
                CutAnywhere(photo, (start, across, down), grid, ref pixel, size.Width, outside);
            pixel = ref Unsafe.Add(ref pixel, size.Width * Photo.Channels);
        }

        // One row less than there are: eight bytes are read for six, which at the photo's last pixels would be two too many.
        bool IsInside(Vector2 corner) => corner.X >= 1 && corner.Y >= 1 && corner.X < photo.Width - 1 && corner.Y < photo.Height - 2;
    }

    private static void CutInside(
        ReadOnlySpan<byte> pixels,
        int width,
        (Vector2 Start, Vector2 Across, Vector2 Down) row,
        int grid,
        ref byte pixel,
        int columns
    )
    {
        ref var source = ref MemoryMarshal.GetReference(pixels);
        var line = width * Photo.Channels;
        var (step, weight) = (1f / grid, 1f / (grid * grid));
        // Two neighbouring pixels lie in one register, and so do their weights: 1 − share three times, then share three times.
        var (one, toRight) = (Vector256.Create(1f, 1, 1, 0, 0, 0, 0, 0), Vector256.Create(-1f, -1, -1, 1, 1, 1, 0, 0));
        for (var x = 0; x < columns; x++)
        {
            var sum = Vector256<float>.Zero;
            for (var j = 0; j < grid; j++)
            {
                var at = row.Start + (x + 0.5f * step) * row.Across + (j + 0.5f) * step * row.Down - new Vector2(0.5f);
                var (atX, atY) = (at.X, at.Y);
                for (var i = 0; i < grid; i++, atX += step * row.Across.X, atY += step * row.Across.Y)
                {
                    // positive, and so rounded down
                    var (left, top) = (float.ConvertToIntegerNative<int>(atX), float.ConvertToIntegerNative<int>(atY));
                    ref var first = ref Unsafe.Add(ref source, top * line + left * Photo.Channels);
                    var upper = PixelSums.Eight(ref first);
                    var both = upper + (PixelSums.Eight(ref Unsafe.Add(ref first, line)) - upper) * (atY - top);
                    sum += both * (one + toRight * (atX - left));
                }
            }
            var second = Vector256.Shuffle(sum, Vector256.Create(3, 4, 5, 6, 7, 7, 7, 7)).GetLower();
            Store((sum.GetLower() + second) * weight, ref pixel, x == columns - 1);
            pixel = ref Unsafe.Add(ref pixel, Photo.Channels);
        }
    }

    private static void CutAnywhere(
        Photo photo,
        (Vector2 Start, Vector2 Across, Vector2 Down) row,
        int grid,
        ref byte pixel,
        int columns,
        byte outside
    )
    {
        var step = 1f / grid;
        var reach = (Vector2.Abs(row.Across) + Vector2.Abs(row.Down)) / 2;
        for (var x = 0; x < columns; x++)
        {
            var colour = Vector128.Create((float)outside);
            if (Touches(photo, row.Start + (x + 0.5f) * row.Across + 0.5f * row.Down, reach))
            {
                colour = Vector128<float>.Zero;
                for (var j = 0; j < grid; j++)
                for (var i = 0; i < grid; i++)
                    colour += Sample(
                        photo,
                        row.Start + (x + (i + 0.5f) * step) * row.Across + (j + 0.5f) * step * row.Down - new Vector2(0.5f),
                        outside
                    );
                colour /= grid * grid;
            }
            Store(colour, ref pixel, x == columns - 1);
            pixel = ref Unsafe.Add(ref pixel, Photo.Channels);
        }
    }

    /// <summary>Whether an area may show something of the photo; a position that is not a number shows nothing.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="middle">Middle of the area, in the photo's pixels.</param>
    /// <param name="reach">From its middle to its sides.</param>
    private static bool Touches(Photo photo, Vector2 middle, Vector2 reach) =>
        middle.X + reach.X > -1 && middle.Y + reach.Y > -1 && middle.X - reach.X < photo.Width + 1 && middle.Y - reach.Y < photo.Height + 1;

    /// <summary>
    /// The colour at a position (pixel centres at whole numbers), bilinear, where some of the four neighbours may lie outside; the fourth
    /// lane means nothing.
    /// </summary>
    private static Vector128<float> Sample(Photo photo, Vector2 position, byte outside)
    {
        var (left, top) = ((int)MathF.Floor(position.X), (int)MathF.Floor(position.Y));
        if (left < -1 || top < -1 || left >= photo.Width || top >= photo.Height)
            return Vector128.Create((float)outside);
        var share = position - new Vector2(left, top);
        return Mix(
            Mix(Pixel(photo, left, top, outside), Pixel(photo, left + 1, top, outside), share.X),
            Mix(Pixel(photo, left, top + 1, outside), Pixel(photo, left + 1, top + 1, outside), share.X),
            share.Y
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Mix(Vector128<float> one, Vector128<float> other, float share) => one + (other - one) * share;

    private static Vector128<float> Pixel(Photo photo, int x, int y, byte outside)
    {
        if ((uint)x >= (uint)photo.Width || (uint)y >= (uint)photo.Height)
            return Vector128.Create((float)outside);
        var pixel = photo.Pixels.Slice((y * photo.Width + x) * Photo.Channels, Photo.Channels);
        return Vector128.Create(pixel[0], pixel[1], (float)pixel[2], 0);
    }
}
