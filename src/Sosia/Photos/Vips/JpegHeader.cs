using System.Buffers.Binary;

namespace Sosia.Photos.Vips;

/// <summary>What a JPEG's frame header says of the memory that decoding takes (ITU-T T.81, B.2.2).</summary>
internal static class JpegHeader
{
    private const int BytesACoefficient = 2;

    /// <summary>
    /// Bytes that a decoder holds for each pixel before it can give the first row: all coefficients of a progressive picture, whose scans
    /// each refine the whole; nothing of a sequential one.
    /// </summary>
    public static double BytesHeldAPixel(ReadOnlySpan<byte> bytes)
    {
        for (var at = 2; at + 4 <= bytes.Length; )
        {
            if (bytes[at] != 0xFF)
                return 0; // not at a marker: the decoder says what is wrong
            var marker = bytes[at + 1];
            if (marker == 0xFF) // padding
            {
                at++;
                continue;
            }
            if (IsFrame(marker))
                return IsProgressive(marker) ? BytesACoefficient * SamplesAPixel(bytes[(at + 4)..]) : 0;
            if (marker == 0xDA)
                return 0; // a scan without a frame
            var alone = marker is 0x01 or (>= 0xD0 and <= 0xD8);
            at += alone ? 2 : 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }
        return 0;
    }

    /// <summary>SOF0 to SOF15, less the four markers among them that are something else.</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF && marker is not (0xC4 or 0xC8 or 0xCC);

    private static bool IsProgressive(byte marker) => marker is 0xC2 or 0xC6 or 0xCA or 0xCE;

    /// <summary>Samples of all components for one pixel: 3 where no colour is subsampled, 1.5 for 4:2:0.</summary>
    private static double SamplesAPixel(ReadOnlySpan<byte> frame)
    {
        const int First = 6,
            Length = 3;
        var components = frame.Length > First ? frame[First - 1] : 0;
        var (sum, most) = (0, 1);
        for (var i = 0; i < components && First + i * Length + 1 < frame.Length; i++)
        {
            var (across, down) = (frame[First + i * Length + 1] >> 4, frame[First + i * Length + 1] & 15);
            sum += across * down;
            most = Math.Max(most, across * down);
        }
        return (double)sum / most;
    }
}
