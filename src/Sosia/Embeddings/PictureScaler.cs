using System.Buffers;
using Sosia.Models;
using Sosia.Photos;

namespace Sosia.Embeddings;

/// <summary>A rectangle of a picture, in its pixels; sides need not be whole.</summary>
internal readonly record struct Region(double Left, double Top, double Width, double Height);

/// <summary>
/// Scales part of a picture to another size: first down the columns, where rows are long and vectors help, then along the rows.
/// </summary>
internal static class PictureScaler
{
    private const int Channels = 3;

    /// <param name="rgb">Height × width × 3 bytes.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="from">The part that is scaled; inside the picture.</param>
    /// <param name="into">ToHeight × toWidth × 3 bytes, written.</param>
    /// <param name="toWidth">Columns of the result.</param>
    /// <param name="how">How pixels between pixels are made.</param>
    public static void Resize(ReadOnlySpan<byte> rgb, int width, Region from, Span<byte> into, int toWidth, Interpolation how)
    {
        var height = rgb.Length / (width * Channels);
        var toHeight = into.Length / (toWidth * Channels);
        var rows = ScalingWeights.Make(from.Top, from.Height, height, toHeight, how);
        var columns = ScalingWeights.Make(from.Left, from.Width, width, toWidth, how);
        var rented = ArrayPool<float>.Shared.Rent(width * Channels);
        var sums = rented.AsSpan(0, width * Channels);
        for (var y = 0; y < toHeight; y++)
        {
            sums.Clear();
            for (var t = 0; t < rows[y].Weights.Length; t++)
                PixelSums.Add(rgb.Slice((rows[y].First + t) * width * Channels, sums.Length), rows[y].Weights[t], sums);
            AlongRow(sums, columns, into.Slice(y * toWidth * Channels, toWidth * Channels));
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static void AlongRow(ReadOnlySpan<float> row, ScalingWeights[] columns, Span<byte> into)
    {
        for (var x = 0; x < columns.Length; x++)
        {
            var weights = columns[x].Weights;
            var (red, green, blue) = (0f, 0f, 0f);
            for (var t = 0; t < weights.Length; t++)
            {
                var at = (columns[x].First + t) * Channels;
                red += row[at] * weights[t];
                green += row[at + 1] * weights[t];
                blue += row[at + 2] * weights[t];
            }
            into[x * Channels] = ToByte(red);
            into[x * Channels + 1] = ToByte(green);
            into[x * Channels + 2] = ToByte(blue);
        }
    }

    private static byte ToByte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
