using System.Security.Cryptography;
using Sosia.Catalogue;

namespace Sosia;

public sealed partial class Collection
{
    private const int PhotosAtOnce = 1000;

    /// <summary>Reads every photo's file again and compares its bytes with the hash that was stored. Changes nothing.</summary>
    /// <returns>One sentence for each file that is gone, can't be read or has other bytes now, as they are found.</returns>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public IEnumerable<string> VerifyFiles(CancellationToken cancellation = default)
    {
        using var reader = OpenReader();
        var after = new PhotoId(0);
        for (IReadOnlyList<PhotoRow> page; (page = reader.Photos(after, PhotosAtOnce)).Count > 0; after = page[^1].Id)
            foreach (var photo in page)
            foreach (var path in photo.Paths)
                if (Difference(path, photo.Sha256, cancellation) is { } difference)
                    yield return difference;
    }

    private static string? Difference(string path, string sha256, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Convert.ToHexStringLower(SHA256.HashData(file)) == sha256
                ? null
                : $"{path} has other bytes than when it was indexed; index its folder again.";
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"{path} is gone; index its folder again if that is meant to be.";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{path} can't be read: {refused.Message}";
        }
    }
}
