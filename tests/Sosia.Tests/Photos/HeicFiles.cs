using System.Buffers.Binary;

namespace Sosia.Tests.Photos;

/// <summary>A real HEIC file (`data/soft.heic`), and what becomes of it when its boxes are changed (ISO/IEC 23008-12).</summary>
internal static class HeicFiles
{
    /// <summary>The picture of <see cref="MadePictures.Soft"/>.</summary>
    public static byte[] Soft { get; } = MadeFiles.Read("soft.heic");

    /// <summary>The same with the property that phones write: turned a quarter, three times anticlockwise.</summary>
    public static byte[] Turned()
    {
        byte[] turn = [0, 0, 0, 9, .. "irot"u8, 3];
        const int Association = 1,
            FirstOfIpma = 8 + 4 + 4 + 2;
        var added = turn.Length + Association;
        var bytes = Soft.ToList();
        var ipma = At("ipma");
        bytes[ipma + FirstOfIpma] += 1; // one property more, the fourth, which may not be ignored
        bytes.Insert(ipma + FirstOfIpma + 1 + 3, 0x84);
        bytes.InsertRange(ipma, turn); // the end of ipco
        var changed = bytes.ToArray();
        Grow(changed, "meta", added);
        Grow(changed, "iprp", added);
        Grow(changed, "ipco", turn.Length);
        Grow(changed, "ipma", Association);
        const int OffsetInIloc = 8 + 4 + 2 + 2 + 2 + 2;
        Add(changed, Find(changed, "iloc") + OffsetInIloc, added);
        return changed;
    }

    /// <summary>The same, said to be of another size.</summary>
    public static byte[] Saying(int width, int height)
    {
        var changed = Soft.ToArray();
        var ispe = Find(changed, "ispe");
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(ispe + 12), width);
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(ispe + 16), height);
        return changed;
    }

    private static int At(string type) => Find(Soft, type);

    /// <summary>The start of the first box of a type.</summary>
    private static int Find(byte[] bytes, string type) => bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(type)) - 4;

    private static void Grow(byte[] bytes, string type, int by) => Add(bytes, Find(bytes, type), by);

    private static void Add(byte[] bytes, int at, int more)
    {
        var number = bytes.AsSpan(at, 4);
        BinaryPrimitives.WriteInt32BigEndian(number, BinaryPrimitives.ReadInt32BigEndian(number) + more);
    }
}
