using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sosia.Postgres.Catalogue;

/// <summary>
/// What photos are spread over machines by: 12 bits of a photo's mark, which are the lowest of its number and of the numbers of its faces.
/// </summary>
internal static class Bucket
{
    /// <summary>Bits of a number that are its bucket.</summary>
    public const int Bits = 12;

    /// <summary>These bits.</summary>
    public const int Mask = (1 << Bits) - 1;

    /// <summary>The bucket of a photo or face.</summary>
    public static short Of(long number) => (short)(number & Mask);

    /// <summary>The bucket of a mark.</summary>
    public static short Of(byte[] mark) => (short)(BinaryPrimitives.ReadUInt16BigEndian(mark) >> (16 - Bits));

    /// <summary>The mark of a photo: who has no photo can't tell from it which one it is.</summary>
    public static byte[] Mark(byte[] salt, string sha256) => SHA256.HashData([.. salt, .. Convert.FromHexString(sha256)]);
}
