using System.Numerics;

namespace Sosia.Photos;

/// <summary>
/// Pixels between pixels: resizing (separable, the area of a pixel when shrinking, bilinear when enlarging) and affine cuts.
/// Positions are pixel edges: the first pixel covers [0, 1).
/// </summary>
public static class Resampler
{
    /// <summary>Resizes RGB pixels; the aspect ratio is the caller's business.</summary>
    /// <param name="pixels">Height × width × 3 bytes.</param>
    /// <param name="width">Columns given.</param>
    /// <param name="height">Rows given.</param>
    /// <param name="into">Target height × target width × 3 bytes.</param>
    /// <param name="target">Columns and rows wanted.</param>
    public static void Resize(ReadOnlySpan<byte> pixels, int width, int height, Span<byte> into, (int Width, int Height) target)
    {
        var columns = Taps(width, target.Width);
        var rows = Taps(height, target.Height);
        var narrow = new float[target.Width * Photo.Channels];   // one source row, resized
        var sum = new float[narrow.Length];
        var cache = new float[rows.Max(tap => tap.Weights.Length) + 1][];
        var cached = new int[cache.Length];
        Array.Fill(cached, -1);

        for (var y = 0; y < target.Height; y++)
        {
            Array.Clear(sum);
            var (first, weights) = rows[y];
            for (var i = 0; i < weights.Length; i++)
            {
                var slot = (first + i) % cache.Length;
                if (cached[slot] != first + i)
                {
                    ResizeRow(pixels.Slice((first + i) * width * Photo.Channels, width * Photo.Channels), columns, cache[slot] ??= new float[narrow.Length]);
                    cached[slot] = first + i;
                }
                AddScaled(cache[slot], weights[i], sum);
            }
            var line = into.Slice(y * narrow.Length, narrow.Length);
            for (var x = 0; x < line.Length; x++) line[x] = (byte)(sum[x] + 0.5f);
        }
    }

    /// <summary>A rectangle cut out of a photo, turned and scaled.</summary>
    /// <param name="photo">Source; outside of it is <paramref name="outside"/>.</param>
    /// <param name="toSource">Takes positions in the cut to positions in the photo; no shear.</param>
    /// <param name="size">Columns and rows of the cut.</param>
    /// <param name="into">Height × width × 3 bytes.</param>
    /// <param name="outside">Grey value beyond the photo's edge.</param>
    public static void Cut(Photo photo, Matrix3x2 toSource, (int Width, int Height) size, Span<byte> into, byte outside = 0)
    {
        // When the cut is smaller than what it shows, every pixel is the mean of a grid of samples over the area it covers.
        var shrink = new Vector2(toSource.M11, toSource.M12).Length();
        var grid = Math.Max(1, (int)MathF.Round(shrink));
        var step = 1f / grid;
        var weight = 1f / (grid * grid);
        for (var y = 0; y < size.Height; y++)
        for (var x = 0; x < size.Width; x++)
        {
            var colour = Vector3.Zero;
            for (var j = 0; j < grid; j++)
            for (var i = 0; i < grid; i++)
                colour += Sample(photo, Vector2.Transform(new Vector2(x + (i + 0.5f) * step, y + (j + 0.5f) * step), toSource), outside);
            var at = (y * size.Width + x) * Photo.Channels;
            into[at] = (byte)(colour.X * weight + 0.5f);
            into[at + 1] = (byte)(colour.Y * weight + 0.5f);
            into[at + 2] = (byte)(colour.Z * weight + 0.5f);
        }
    }

    /// <summary>The colour at a position, bilinear.</summary>
    private static Vector3 Sample(Photo photo, Vector2 position, byte outside)
    {
        var x = position.X - 0.5f;
        var y = position.Y - 0.5f;
        var left = (int)MathF.Floor(x);
        var top = (int)MathF.Floor(y);
        var (fx, fy) = (x - left, y - top);
        if ((uint)left < (uint)(photo.Width - 1) && (uint)top < (uint)(photo.Height - 1))
        {
            var pixels = photo.Pixels;
            var at = (top * photo.Width + left) * Photo.Channels;
            var below = at + photo.Width * Photo.Channels;
            var upper = Vector3.Lerp(Colour(pixels, at), Colour(pixels, at + Photo.Channels), fx);
            var lower = Vector3.Lerp(Colour(pixels, below), Colour(pixels, below + Photo.Channels), fx);
            return Vector3.Lerp(upper, lower, fy);
        }
        return Vector3.Lerp(
            Vector3.Lerp(Pixel(photo, left, top, outside), Pixel(photo, left + 1, top, outside), fx),
            Vector3.Lerp(Pixel(photo, left, top + 1, outside), Pixel(photo, left + 1, top + 1, outside), fx), fy);
    }

    private static Vector3 Pixel(Photo photo, int x, int y, byte outside) =>
        (uint)x < (uint)photo.Width && (uint)y < (uint)photo.Height
            ? Colour(photo.Pixels, (y * photo.Width + x) * Photo.Channels)
            : new Vector3(outside);

    private static Vector3 Colour(ReadOnlySpan<byte> pixels, int at) => new(pixels[at], pixels[at + 1], pixels[at + 2]);

    private static void ResizeRow(ReadOnlySpan<byte> row, (int First, float[] Weights)[] columns, Span<float> into)
    {
        for (var x = 0; x < columns.Length; x++)
        {
            var (first, weights) = columns[x];
            var (red, green, blue) = (0f, 0f, 0f);
            var at = first * Photo.Channels;
            foreach (var weight in weights)
            {
                red += weight * row[at];
                green += weight * row[at + 1];
                blue += weight * row[at + 2];
                at += Photo.Channels;
            }
            into[x * Photo.Channels] = red;
            into[x * Photo.Channels + 1] = green;
            into[x * Photo.Channels + 2] = blue;
        }
    }

    private static void AddScaled(ReadOnlySpan<float> values, float by, Span<float> into)
    {
        var factor = new Vector<float>(by);
        var i = 0;
        for (; i <= into.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(into[i..]) + factor * new Vector<float>(values[i..])).CopyTo(into[i..]);
        for (; i < into.Length; i++) into[i] += by * values[i];
    }

    /// <summary>For every target position the source positions that make it, and their shares, which add up to 1.</summary>
    private static (int First, float[] Weights)[] Taps(int source, int target)
    {
        var taps = new (int, float[])[target];
        var scale = (double)source / target;
        for (var i = 0; i < target; i++)
        {
            double from = i * scale, to = (i + 1) * scale;
            if (scale < 1) // enlarging: the two neighbours of the middle
            {
                var middle = Math.Clamp((from + to) / 2 - 0.5, 0, source - 1);
                var left = Math.Min((int)middle, Math.Max(0, source - 2));
                var share = (float)(middle - left);
                taps[i] = source == 1 ? (0, [1f]) : (left, [1 - share, share]);
                continue;
            }
            var first = (int)from;
            var last = Math.Min(source - 1, (int)Math.Ceiling(to - 1e-9) - 1);
            var weights = new float[last - first + 1];
            for (var s = first; s <= last; s++)
                weights[s - first] = (float)((Math.Min(to, s + 1) - Math.Max(from, s)) / scale);
            taps[i] = (first, weights);
        }
        return taps;
    }
}
