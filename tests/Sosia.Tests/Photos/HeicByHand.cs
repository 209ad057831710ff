using System.Buffers.Binary;
using System.Text;

namespace Sosia.Tests.Photos;

/// <summary>
/// A HEIC file whose boxes are as a phone writes them (ISO/IEC 23008-12), around a few bytes that only an HEVC decoder would look at.
/// </summary>
internal static class HeicByHand
{
    public static byte[] Make(int width, int height)
    {
        byte[] picture = [0, 0, 0, 4, 0x26, 0x01, 0xAF, 0x80];
        byte[] configuration = [1, 1, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 93, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 3, 0];
        var file = Box("ftyp", [.. "heic"u8, .. Int(0), .. "mif1"u8, .. "heic"u8]);
        var meta = Meta(0);
        // The place of the picture is known once the boxes before it have their length.
        meta = Meta(file.Length + meta.Length + 8);
        return [.. file, .. meta, .. Box("mdat", picture)];

        byte[] Meta(int at) =>
            Box(
                "meta",
                [
                    .. Int(0),
                    .. Box("hdlr", [.. Int(0), .. Int(0), .. "pict"u8, .. new byte[13]]),
                    .. Box("pitm", [.. Int(0), .. Short(1)]),
                    .. Box(
                        "iloc",
                        [.. Int(0), 0x44, 0x00, .. Short(1), .. Short(1), .. Short(0), .. Short(1), .. Int(at), .. Int(picture.Length)]
                    ),
                    .. Box("iinf", [.. Int(0), .. Short(1), .. Box("infe", [2, 0, 0, 0, .. Short(1), .. Short(0), .. "hvc1"u8, 0])]),
                    .. Box(
                        "iprp",
                        [
                            .. Box("ipco", [.. Box("hvcC", configuration), .. Box("ispe", [.. Int(0), .. Int(width), .. Int(height)])]),
                            .. Box("ipma", [.. Int(0), .. Int(1), .. Short(1), 2, 0x81, 2]),
                        ]
                    ),
                ]
            );
    }

    private static byte[] Box(string type, byte[] content) => [.. Int(8 + content.Length), .. Encoding.ASCII.GetBytes(type), .. content];

    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];
}
