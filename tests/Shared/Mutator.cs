using System.Buffers.Binary;

namespace Sosia.Tests.Shared;

/// <summary>Changes files as accidents and attackers do, the same for the same seed: bits, runs, numbers, pieces lost, doubled or moved.</summary>
internal static class Mutator
{
    /// <summary>Bytes at the start, where the numbers are that a decoder believes.</summary>
    private const int Header = 512;

    private static readonly uint[] Extremes = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    /// <summary>One bit is another.</summary>
    public static byte[] Flip(byte[] file, Random random)
    {
        var bytes = (byte[])file.Clone();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    public static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = file.ToList();
        for (var changes = 1 + random.Next(4); changes > 0 && bytes.Count > 8; changes--)
            Change(bytes, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(2) == 0 ? random.Next(Math.Min(Header, bytes.Count)) : random.Next(bytes.Count);
        var length = Math.Min(1 + random.Next(64), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                for (var i = 0; i < length; i++)
                    bytes[at + i] = (byte)random.Next(256);
                break;
            case 2:
                Number(bytes, at, Extremes[random.Next(Extremes.Length)], random.Next(2) == 0);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                var piece = bytes.GetRange(at, length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count + 1), piece);
                break;
        }
    }

    private static void Number(List<byte> bytes, int at, uint number, bool bigEndian)
    {
        Span<byte> four = stackalloc byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(four, number);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(four, number);
        for (var i = 0; i < 4 && at + i < bytes.Count; i++)
            bytes[at + i] = four[i];
    }
}
