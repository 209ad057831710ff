using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Models;

/// <summary>Turns the pixels of a picture, already of the input's size, into the numbers that a network takes.</summary>
internal sealed class Preprocessing
{
    private const float Red = 0.299f,
        Green = 0.587f,
        Blue = 0.114f;

    private readonly ModelInput _input;
    private readonly float[] _mean;
    private readonly float[] _scale;

    /// <param name="input">What the manifest says.</param>
    public Preprocessing(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _mean = PerChannel(input.Mean);
        _scale = PerChannel(input.Scale);
    }

    /// <summary>Floats of one picture.</summary>
    public int Floats => _input.Floats;

    /// <summary>Fills a network's input: (byte − mean) × scale, in the input's layout and order of channels.</summary>
    /// <param name="rgb">Height × width × 3 bytes: red, green, blue; top row first.</param>
    /// <param name="tensor"><see cref="Floats"/> floats, written.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Fill(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        if (rgb.Length != _input.Width * _input.Height * 3)
            throw new ArgumentException($"Expected {_input.Width} × {_input.Height} × 3 bytes, got {rgb.Length}.", nameof(rgb));
        FillAnySize(rgb, tensor);
    }

    /// <summary>The same for a picture of another size than the manifest says.</summary>
    /// <param name="rgb">Height × width × 3 bytes: red, green, blue; top row first.</param>
    /// <param name="tensor">Height × width × channels floats, written.</param>
    /// <exception cref="ArgumentException">The spans do not fit each other.</exception>
    public void FillAnySize(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        var pixels = rgb.Length / 3;
        if (tensor.Length != pixels * _input.ChannelCount)
            throw new ArgumentException($"Expected {pixels * _input.ChannelCount} floats, got {tensor.Length}.", nameof(tensor));
        if (_input.Channels == ChannelOrder.Grey)
            FillGrey(rgb, tensor);
        else if (_input.Layout == TensorLayout.Nchw)
            FillPlanes(rgb, tensor, pixels);
        else
            FillInterleaved(rgb, tensor);
    }

    /// <summary>
    /// Sixteen pixels at a time: three registers of interleaved bytes become one of each channel, then four of floats each.
    /// </summary>
    private void FillPlanes(ReadOnlySpan<byte> rgb, Span<float> tensor, int pixels)
    {
        var (red, blue) = _input.Channels == ChannelOrder.Rgb ? (0, 2) : (2, 0);
        var reds = tensor.Slice(red * pixels, pixels);
        var greens = tensor.Slice(pixels, pixels);
        var blues = tensor.Slice(blue * pixels, pixels);
        var i = 0;
        for (; i <= pixels - 16; i += 16)
        {
            var (r, g, b) = Deinterleave(rgb.Slice(i * 3, 48));
            Store(r, reds[i..], _mean[red], _scale[red]);
            Store(g, greens[i..], _mean[1], _scale[1]);
            Store(b, blues[i..], _mean[blue], _scale[blue]);
        }
        for (; i < pixels; i++)
        {
            reds[i] = (rgb[i * 3] - _mean[red]) * _scale[red];
            greens[i] = (rgb[i * 3 + 1] - _mean[1]) * _scale[1];
            blues[i] = (rgb[i * 3 + 2] - _mean[blue]) * _scale[blue];
        }
    }

    /// <summary>Luma of ITU-R BT.601, sixteen pixels at a time.</summary>
    private void FillGrey(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        Span<float> reds = stackalloc float[16],
            greens = stackalloc float[16],
            blues = stackalloc float[16];
        var i = 0;
        for (; i <= tensor.Length - 16; i += 16)
        {
            var (r, g, b) = Deinterleave(rgb.Slice(i * 3, 48));
            Store(r, reds, 0, Red);
            Store(g, greens, 0, Green);
            Store(b, blues, 0, Blue);
            for (var j = 0; j < 16; j += 8)
                (
                    (
                        Vector256.Create(reds[j..])
                        + Vector256.Create(greens[j..])
                        + Vector256.Create(blues[j..])
                        - Vector256.Create(_mean[0])
                    ) * _scale[0]
                ).CopyTo(tensor[(i + j)..]);
        }
        for (; i < tensor.Length; i++)
            tensor[i] = (Red * rgb[i * 3] + Green * rgb[i * 3 + 1] + Blue * rgb[i * 3 + 2] - _mean[0]) * _scale[0];
    }

    /// <summary>Networks with channels last come from Keras and take a hundred times longer than this loop.</summary>
    private void FillInterleaved(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        var first = _input.Channels == ChannelOrder.Rgb ? 0 : 2;
        for (var i = 0; i < tensor.Length; i += 3)
        {
            tensor[i] = (rgb[i + first] - _mean[0]) * _scale[0];
            tensor[i + 1] = (rgb[i + 1] - _mean[1]) * _scale[1];
            tensor[i + 2] = (rgb[i + 2 - first] - _mean[2]) * _scale[2];
        }
    }

    /// <summary>An index past 15 picks 0, so the three picks of a channel add up by OR.</summary>
    private static (Vector128<byte> Red, Vector128<byte> Green, Vector128<byte> Blue) Deinterleave(ReadOnlySpan<byte> pixels)
    {
        var a = Vector128.Create(pixels);
        var b = Vector128.Create(pixels[16..]);
        var c = Vector128.Create(pixels[32..]);
        const byte no = 255;
        return (
            Vector128.Shuffle(a, Vector128.Create(0, 3, 6, 9, 12, 15, no, no, no, no, no, no, no, no, no, no))
                | Vector128.Shuffle(b, Vector128.Create(no, no, no, no, no, no, 2, 5, 8, 11, 14, no, no, no, no, no))
                | Vector128.Shuffle(c, Vector128.Create(no, no, no, no, no, no, no, no, no, no, no, 1, 4, 7, 10, 13)),
            Vector128.Shuffle(a, Vector128.Create(1, 4, 7, 10, 13, no, no, no, no, no, no, no, no, no, no, no))
                | Vector128.Shuffle(b, Vector128.Create(no, no, no, no, no, 0, 3, 6, 9, 12, 15, no, no, no, no, no))
                | Vector128.Shuffle(c, Vector128.Create(no, no, no, no, no, no, no, no, no, no, no, 2, 5, 8, 11, 14)),
            Vector128.Shuffle(a, Vector128.Create(2, 5, 8, 11, 14, no, no, no, no, no, no, no, no, no, no, no))
                | Vector128.Shuffle(b, Vector128.Create(no, no, no, no, no, 1, 4, 7, 10, 13, no, no, no, no, no, no))
                | Vector128.Shuffle(c, Vector128.Create(no, no, no, no, no, no, no, no, no, no, 0, 3, 6, 9, 12, 15))
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> bytes, Span<float> into, float mean, float scale)
    {
        var (low, high) = Vector128.Widen(bytes);
        ref var at = ref MemoryMarshal.GetReference(into[..16]);
        Store(low, ref at, mean, scale);
        Store(high, ref Unsafe.Add(ref at, 8), mean, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<ushort> words, ref float into, float mean, float scale)
    {
        var (low, high) = Vector128.Widen(words);
        ((Vector128.ConvertToSingle(low.AsInt32()) - Vector128.Create(mean)) * scale).StoreUnsafe(ref into);
        ((Vector128.ConvertToSingle(high.AsInt32()) - Vector128.Create(mean)) * scale).StoreUnsafe(ref into, 4);
    }

    private static float[] PerChannel(float[] values) => values.Length == 1 ? [values[0], values[0], values[0]] : values;
}
