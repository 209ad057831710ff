using System.Buffers.Binary;
using System.Text;

namespace Sosia.Tests.Photos;

/// <summary>
/// A HEIC file whose boxes are as a phone writes them (ISO/IEC 23008-12), around a few bytes that only an HEVC decoder would look at.
/// </summary>
internal static class HeicByHand
{
    private static readonly byte[] Start = Box("ftyp", [.. "heic"u8, .. Int(0), .. "mif1"u8, .. "heic"u8]);
    private static readonly byte[] Picture = [0, 0, 0, 4, 0x26, 0x01, 0xAF, 0x80];
    private static readonly byte[] Configuration = [1, 1, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 93, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 3, 0];

    public static byte[] Make(int width, int height)
    {
        var meta = Meta(0);
        // The place of the picture is known once the boxes before it have their length.
        meta = Meta(Start.Length + meta.Length + 8);
        return [.. Start, .. meta, .. Box("mdat", Picture)];

        byte[] Meta(int at) =>
            Box(
                "meta",
                [
                    .. Int(0),
                    .. Box("hdlr", [.. Int(0), .. Int(0), .. "pict"u8, .. new byte[13]]),
                    .. Box("pitm", [.. Int(0), .. Short(1)]),
                    .. Box(
                        "iloc",
                        [.. Int(0), 0x44, 0x00, .. Short(1), .. Short(1), .. Short(0), .. Short(1), .. Int(at), .. Int(Picture.Length)]
                    ),
                    .. Box("iinf", [.. Int(0), .. Short(1), .. Box("infe", [2, 0, 0, 0, .. Short(1), .. Short(0), .. "hvc1"u8, 0])]),
                    .. Box(
                        "iprp",
                        [
                            .. Box("ipco", [.. Box("hvcC", Configuration), .. Box("ispe", [.. Int(0), .. Int(width), .. Int(height)])]),
                            .. Box("ipma", [.. Int(0), .. Int(1), .. Short(1), 2, 0x81, 2]),
                        ]
                    ),
                ]
            );
    }

    /// <summary>A picture made of tiles, as phones write it, with a size of its own.</summary>
    /// <param name="columns">Tiles across.</param>
    /// <param name="rows">Tiles down.</param>
    /// <param name="tile">Side of a tile, in pixels.</param>
    /// <param name="width">Columns of the whole, as the grid says.</param>
    /// <param name="height">Rows of the whole.</param>
    public static byte[] Grid(int columns, int rows, int tile, int width, int height)
    {
        var tiles = columns * rows;
        byte[] grid = [0, 1, (byte)(rows - 1), (byte)(columns - 1), .. Int(width), .. Int(height)];
        var ids = Enumerable.Range(2, tiles).ToArray();
        var meta = Meta(0);
        meta = Meta(Start.Length + meta.Length + 8);
        return [.. Start, .. meta, .. Box("mdat", [.. grid, .. Picture])];

        byte[] Meta(int at) =>
            Box(
                "meta",
                [
                    .. Int(0),
                    .. Box("hdlr", [.. Int(0), .. Int(0), .. "pict"u8, .. new byte[13]]),
                    .. Box("pitm", [.. Int(0), .. Short(1)]),
                    .. Box(
                        "iloc",
                        [
                            .. Int(0),
                            0x44,
                            0x00,
                            .. Short(1 + tiles),
                            .. Place(1, at, grid.Length),
                            .. ids.SelectMany(id => Place(id, at + grid.Length, Picture.Length)),
                        ]
                    ),
                    .. Box("iinf", [.. Int(0), .. Short(1 + tiles), .. Item(1, "grid"u8), .. ids.SelectMany(id => Item(id, "hvc1"u8))]),
                    .. Box("iref", [.. Int(0), .. Box("dimg", [.. Short(1), .. Short(tiles), .. ids.SelectMany(Short)])]),
                    .. Box(
                        "iprp",
                        [
                            .. Box(
                                "ipco",
                                [
                                    .. Box("hvcC", Configuration),
                                    .. Box("ispe", [.. Int(0), .. Int(tile), .. Int(tile)]),
                                    .. Box("ispe", [.. Int(0), .. Int(width), .. Int(height)]),
                                ]
                            ),
                            .. Box(
                                "ipma",
                                [
                                    .. Int(0),
                                    .. Int(1 + tiles),
                                    .. Short(1),
                                    1,
                                    3,
                                    .. ids.SelectMany(id => (byte[])[.. Short(id), 2, 0x81, 2]),
                                ]
                            ),
                        ]
                    ),
                ]
            );
    }

    private static byte[] Place(int id, int at, int length) => [.. Short(id), .. Short(0), .. Short(1), .. Int(at), .. Int(length)];

    private static byte[] Item(int id, ReadOnlySpan<byte> type) => Box("infe", [2, 0, 0, 0, .. Short(id), .. Short(0), .. type, 0]);

    private static byte[] Box(string type, byte[] content) => [.. Int(8 + content.Length), .. Encoding.ASCII.GetBytes(type), .. content];

    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];
}
