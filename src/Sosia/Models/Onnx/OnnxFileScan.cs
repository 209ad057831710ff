using System.Security.Cryptography;

namespace Sosia.Models.Onnx;

/// <summary>What must be known of a large file before it is run, found piece by piece: it never lies in memory as a whole.</summary>
/// <param name="Sha256">In lower-case hex.</param>
/// <param name="MayHaveExternalData">Whether it could name other files with constants, as <see cref="OnnxModel.MayHaveExternalData"/>
/// says.</param>
internal readonly record struct OnnxFileScan(string Sha256, bool MayHaveExternalData)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Bytes of the previous piece that are scanned again: a name may lie across the border.</summary>
    private const int OverlapBytes = 64;

    /// <summary>Reads a file once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pieceBytes">Bytes at once.</param>
    /// <exception cref="ModelException">Missing or unreadable.</exception>
    public static OnnxFileScan Of(string path, int pieceBytes = PieceBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[OverlapBytes + pieceBytes];
            var (kept, external) = (0, false);
            for (int read; (read = file.Read(buffer, kept, pieceBytes)) > 0; )
            {
                hash.AppendData(buffer, kept, read);
                var seen = buffer.AsSpan(0, kept + read);
                external |= OnnxModel.MayHaveExternalData(seen);
                kept = Math.Min(OverlapBytes, seen.Length);
                seen[^kept..].CopyTo(buffer);
            }
            return new OnnxFileScan(Convert.ToHexStringLower(hash.GetHashAndReset()), external);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OnnxModel.Unreadable(path, e);
        }
    }
}
