using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia.Catalogue.Sql.Engine;

/// <summary>Embeddings as SQLite keeps them: float32, little endian, with a CRC-32C that also covers the face they belong to.</summary>
internal static class FloatRows
{
    /// <summary>The bytes of a row, 4 for each float.</summary>
    public static byte[] ToBytes(ReadOnlySpan<float> row)
    {
        var bytes = new byte[row.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian)
            MemoryMarshal.AsBytes(row).CopyTo(bytes);
        else
            for (var i = 0; i < row.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), row[i]);
        return bytes;
    }

    /// <summary>The floats of a stored row.</summary>
    /// <param name="bytes">Exactly 4 for each float.</param>
    /// <param name="into">Where they go.</param>
    public static void Read(ReadOnlySpan<byte> bytes, Span<float> into)
    {
        if (BitConverter.IsLittleEndian)
            bytes.CopyTo(MemoryMarshal.AsBytes(into));
        else
            for (var i = 0; i < into.Length; i++)
                into[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    /// <summary>
    /// CRC-32C of the number of the row's face or photo, and the bytes: a row that a disk flipped a bit of, or that slid to another owner,
    /// no longer fits.
    /// </summary>
    // Optimised from the first call: a search from the shell reads every row once, before the runtime would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Checksum(long owner, ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)owner);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var rest in bytes)
            crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
