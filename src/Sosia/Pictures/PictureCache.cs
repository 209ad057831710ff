using System.Globalization;
using Sosia.Faces;
using Sosia.Vectors.Files;

namespace Sosia.Pictures;

/// <summary>
/// Small pictures in the collection's directory: <c>thumbnails/</c> by the photo's hash, <c>crops/</c> by the face's number. All of them
/// may be deleted at any time. What was forgotten is deleted and not made again, also by somebody who was just making it, in this process
/// or another: a picture is kept only if what it shows is still in the collection after it got its name, and forgetting deletes
/// pictures after that is committed.
/// </summary>
internal sealed class PictureCache(string directory)
{
    private static readonly string[] Folders = ["thumbnails", "crops"];

    /// <param name="path">From <see cref="OfPhoto"/> or <see cref="OfFace"/>.</param>
    /// <param name="make">Makes the picture when it is not there.</param>
    /// <param name="stillWanted">Whether what it shows is in the collection as committed now; asked before and after the file gets its
    /// name.</param>
    public static byte[] Get(string path, Func<byte[]> make, Func<bool> stillWanted)
    {
        if (TryRead(path) is { } kept)
            return kept;
        var picture = make();
        TryKeep(path, picture, stillWanted);
        return picture;
    }

    public string OfPhoto(string sha256, int side) => Path.Combine(FolderOf(sha256), $"{sha256}-{side}.webp");

    /// <summary>Where the picture of a face is; another place when the face is found again in another box.</summary>
    public string OfFace(long face, Box box, int side) => Path.Combine(FolderOf(face), $"{face}-{NameOf(box)}-{side}.webp");

    /// <summary>The faces that there are pictures of, those of faces that are stored no more included.</summary>
    public IReadOnlyCollection<long> Faces()
    {
        var crops = Path.Combine(directory, "crops");
        if (!Directory.Exists(crops))
            return [];
        var faces = new HashSet<long>();
        foreach (var file in Directory.EnumerateFiles(crops, "*-*", SearchOption.AllDirectories))
            if (long.TryParse(Path.GetFileName(file).Split('-')[0], CultureInfo.InvariantCulture, out var face))
                faces.Add(face);
        return faces;
    }

    /// <summary>Deletes all pictures of photos and faces.</summary>
    /// <returns>Files deleted.</returns>
    public int Delete(IEnumerable<string> photos, IEnumerable<long> faces) =>
        photos.Sum(sha256 => DeleteAll(FolderOf(sha256), $"{sha256}-*")) + faces.Sum(face => DeleteAll(FolderOf(face), $"{face}-*"));

    /// <summary>Deletes every picture.</summary>
    public void DeleteAll()
    {
        foreach (var folder in Folders.Select(folder => Path.Combine(directory, folder)).Where(Directory.Exists))
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            TryDelete(file);
    }

    private string FolderOf(string sha256) => Path.Combine(directory, "thumbnails", sha256[..2]);

    private string FolderOf(long face) => Path.Combine(directory, "crops", $"{face % 256:x2}");

    private static string NameOf(Box box) =>
        string.Create(CultureInfo.InvariantCulture, $"{box.Left:F0},{box.Top:F0},{box.Width:F0},{box.Height:F0}");

    private static int DeleteAll(string folder, string pattern)
    {
        if (!Directory.Exists(folder))
            return 0;
        return Directory.GetFiles(folder, pattern).Count(TryDelete);
    }

    /// <returns>False when somebody is writing the file, on a system that protects open files: the writer checks again before it is
    /// kept.</returns>
    private static bool TryDelete(string file)
    {
        try
        {
            File.Delete(file);
            return true;
        }
        catch (IOException) when (file.EndsWith(".part", StringComparison.Ordinal))
        {
            return false;
        }
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

    private static void TryKeep(string path, byte[] picture, Func<bool> stillWanted)
    {
        try
        {
            using var file = DerivedFile.Create(path, isPrivate: true);
            file.Stream.Write(picture);
            if (!stillWanted())
                return;
            file.Commit();
            DeleteUnless(stillWanted, path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk, or somebody forgot it and deleted the half-written file: the picture is made again if it is asked
            // for.
        }
    }

    private static void DeleteUnless(Func<bool> wanted, string path)
    {
        var keep = false;
        try
        {
            keep = wanted();
        }
        finally
        {
            if (!keep)
                File.Delete(path);
        }
    }
}
