using System.Numerics;
using System.Runtime.InteropServices;

namespace Sosia.Tests.Shared;

/// <summary>Makes an index file one of another version of the format, as the program of that version would have written it.</summary>
internal static class IndexFileVersion
{
    private const int HeaderBytes = 4096,
        VersionAt = 8;

    /// <param name="file">The bytes of an index file: magic, version, and at the end of the first page its checksum.</param>
    /// <param name="version">The version that it is to have.</param>
    public static void Set(byte[] file, int version)
    {
        var header = file.AsSpan(0, HeaderBytes - sizeof(uint));
        BitConverter.TryWriteBytes(header[VersionAt..], version);
        BitConverter.TryWriteBytes(file.AsSpan(header.Length), Checksum(header));
    }

    /// <summary>CRC-32C in four chains that take turns by eight bytes.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        uint[] chains = [1, 2, 3, 4];
        var whole = words.Length / 4 * 4;
        for (var i = 0; i < whole; i++)
            chains[i % 4] = BitOperations.Crc32C(chains[i % 4], words[i]);
        var all = chains[1..].Aggregate(chains[0], BitOperations.Crc32C);
        foreach (var word in words[whole..])
            all = BitOperations.Crc32C(all, word);
        foreach (var value in bytes[(words.Length * sizeof(ulong))..])
            all = BitOperations.Crc32C(all, value);
        return all;
    }
}
