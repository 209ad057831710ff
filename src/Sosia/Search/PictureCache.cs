using Sosia.Vectors.Files;

namespace Sosia.Search;

/// <summary>
/// Small pictures in the collection's directory: <c>thumbnails/</c> by the photo's hash, <c>crops/</c> by the face's number. All of them may be
/// deleted at any time. What was forgotten is deleted and not made again, also by somebody who was just making it.
/// </summary>
internal sealed class PictureCache(string directory)
{
    private readonly Lock _gate = new();

    /// <param name="path">From <see cref="OfPhoto"/> or <see cref="OfFace"/>.</param>
    /// <param name="make">Makes the picture when it is not there.</param>
    /// <param name="stillWanted">Asked before it is kept: whether what it shows is still in the collection.</param>
    public byte[] Get(string path, Func<byte[]> make, Func<bool> stillWanted)
    {
        if (TryRead(path) is { } kept) return kept;
        var picture = make();
        lock (_gate)
            if (stillWanted())
                TryKeep(path, picture);
        return picture;
    }

    public string OfPhoto(string sha256, int side) => Path.Combine(directory, "thumbnails", sha256[..2], $"{sha256}-{side}.webp");

    public string OfFace(long face, int side) => Path.Combine(directory, "crops", $"{face % 256:x2}", $"{face}-{side}.webp");

    /// <summary>Deletes all pictures of photos and faces.</summary>
    /// <returns>Files deleted.</returns>
    public int Delete(IEnumerable<string> photos, IEnumerable<long> faces)
    {
        lock (_gate)
            return photos.Sum(sha256 => DeleteAll(OfPhoto(sha256, 0), $"{sha256}-*")) + faces.Sum(face => DeleteAll(OfFace(face, 0), $"{face}-*"));
    }

    private static int DeleteAll(string example, string pattern)
    {
        var folder = Path.GetDirectoryName(example)!;
        if (!Directory.Exists(folder)) return 0;
        var files = Directory.GetFiles(folder, pattern);
        foreach (var file in files) File.Delete(file);
        return files.Length;
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path) is { Length: > 0 } picture ? picture : null;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TryKeep(string path, byte[] picture)
    {
        try
        {
            DerivedFile.Write(path, stream => stream.Write(picture), isPrivate: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk: the picture is made again next time.
        }
    }
}
