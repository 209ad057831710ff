using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Photos;

/// <summary>
/// Pixels between pixels: resizing (separable, the area of a pixel when shrinking, bilinear when enlarging) and affine cuts.
/// Positions are pixel edges: the first pixel covers [0, 1).
/// </summary>
internal static partial class Resampler
{
    /// <summary>Resizes RGB pixels; the aspect ratio is the caller's business.</summary>
    /// <param name="pixels">Height × width × 3 bytes.</param>
    /// <param name="width">Columns given.</param>
    /// <param name="height">Rows given.</param>
    /// <param name="into">Target height × target width × 3 bytes.</param>
    /// <param name="target">Columns and rows wanted.</param>
    public static void Resize(ReadOnlySpan<byte> pixels, int width, int height, Span<byte> into, (int Width, int Height) target)
    {
        var columns = new Taps(width, target.Width);
        var rows = new Taps(height, target.Height);
        var (given, wanted) = (width * Photo.Channels, target.Width * Photo.Channels);
        var rented = ArrayPool<float>.Shared.Rent(given + 1); // one more: pixels are read four floats at a time
        var line = rented.AsSpan(0, given + 1);
        line[given] = 0;
        for (var y = 0; y < target.Height; y++)
        {
            var weights = rows.Weights(y); // first down the columns, where rows are long and vectors help, then along the row
            PixelSums.Set(pixels.Slice(rows.First[y] * given, given), weights[0], line);
            for (var i = 1; i < weights.Length; i++)
                PixelSums.Add(pixels.Slice((rows.First[y] + i) * given, given), weights[i], line);
            AlongRow(line, columns, into.Slice(y * wanted, wanted));
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static void AlongRow(ReadOnlySpan<float> line, Taps columns, Span<byte> into)
    {
        ref var start = ref MemoryMarshal.GetReference(line);
        ref var pixel = ref MemoryMarshal.GetReference(into);
        var last = columns.First.Length - 1;
        for (var x = 0; x <= last; x++)
        {
            ref var at = ref Unsafe.Add(ref start, columns.First[x] * Photo.Channels);
            var weights = columns.Weights(x);
            var colour = Vector128.LoadUnsafe(ref at) * weights[0];
            for (var i = 1; i < weights.Length; i++)
                colour += Vector128.LoadUnsafe(ref at, (nuint)(i * Photo.Channels)) * weights[i];
            Store(colour, ref pixel, x == last);
            pixel = ref Unsafe.Add(ref pixel, Photo.Channels);
        }
    }

    /// <summary>
    /// Writes a pixel, rounded. A fourth byte goes into the next pixel, which is written afterwards; the last of a row has none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<float> colour, ref byte pixel, bool last)
    {
        var whole = Vector128.ConvertToInt32Native(colour + Vector128.Create(0.5f)).AsUInt32();
        var words = Vector128.Narrow(whole, whole);
        var four = Vector128.Narrow(words, words).AsUInt32().ToScalar();
        if (!last)
        {
            Unsafe.WriteUnaligned(ref pixel, four);
            return;
        }
        Unsafe.WriteUnaligned(ref pixel, (ushort)four);
        Unsafe.Add(ref pixel, 2) = (byte)(four >> 16);
    }

    /// <summary>For every target position the source positions that make it, and their shares, which add up to 1.</summary>
    private sealed class Taps
    {
        private readonly int _most;
        private readonly int[] _counts;
        private readonly float[] _weights;

        public Taps(int source, int target)
        {
            var scale = (double)source / target;
            _most = scale < 1 ? 2 : (int)Math.Ceiling(scale) + 1;
            (First, _counts, _weights) = (new int[target], new int[target], new float[target * _most]);
            for (var i = 0; i < target; i++)
                if (scale < 1)
                    Between(i, scale, source);
                else
                    Covered(i, scale, source);
        }

        /// <summary>The first source position of each.</summary>
        public int[] First { get; }

        public ReadOnlySpan<float> Weights(int target) => _weights.AsSpan(target * _most, _counts[target]);

        /// <summary>Enlarging: the two neighbours of the middle.</summary>
        private void Between(int i, double scale, int source)
        {
            var middle = Math.Clamp((i + 0.5) * scale - 0.5, 0, source - 1);
            First[i] = Math.Min((int)middle, Math.Max(0, source - 2));
            _counts[i] = Math.Min(2, source);
            var share = source == 1 ? 0 : (float)(middle - First[i]);
            _weights[i * _most] = 1 - share;
            _weights[i * _most + 1] = share;
        }

        /// <summary>Shrinking: every source pixel by the part of it that is covered.</summary>
        private void Covered(int i, double scale, int source)
        {
            double from = i * scale,
                to = (i + 1) * scale;
            First[i] = (int)from;
            var last = Math.Min(source - 1, (int)Math.Ceiling(to - 1e-9) - 1);
            _counts[i] = last - First[i] + 1;
            for (var s = First[i]; s <= last; s++)
                _weights[i * _most + s - First[i]] = (float)((Math.Min(to, s + 1) - Math.Max(from, s)) / scale);
        }
    }
}
