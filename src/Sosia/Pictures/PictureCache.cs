using System.Globalization;
using System.Security.Cryptography;
using Sosia.Faces;
using Sosia.Vectors.Files;

namespace Sosia.Pictures;

/// <summary>
/// Small pictures in the collection's directory: <c>thumbnails/</c> of photos, <c>crops/</c> of faces, by the photo's hash. All of them
/// may be deleted at any time. What was forgotten is deleted and not made again, also by somebody who was just making it, in this process
/// or another: a picture is kept only if what it shows is still in the collection after it got its name, and forgetting deletes
/// pictures after that is committed.
/// </summary>
internal sealed class PictureCache
{
    private const string Thumbnails = "thumbnails",
        Crops = "crops";
    private static readonly string[] Folders = [Thumbnails, Crops];

    private readonly string _directory;

    public PictureCache(string directory)
    {
        _directory = directory;
        DeleteThoseByNumber();
    }

    /// <param name="path">From <see cref="OfPhoto"/> or <see cref="OfFace"/>.</param>
    /// <param name="make">Makes the picture when it is not there.</param>
    /// <param name="stillWanted">Whether what it shows is in the collection as committed now; asked before and after the file gets its
    /// name.</param>
    public static byte[] Get(string path, Func<byte[]> make, Func<bool> stillWanted)
    {
        if (DerivedFile.ReadChecked(path) is { Length: > 0 } kept)
            return kept;
        var picture = make();
        TryKeep(path, picture, stillWanted);
        return picture;
    }

    public string OfPhoto(string sha256, int side) => Path.Combine(FolderOf(Thumbnails, sha256), $"{sha256}-{side}.webp");

    /// <summary>
    /// Where the picture of a face is: named by what it shows and not by the face's number, which may be another's in a catalogue that was
    /// made anew.
    /// </summary>
    public string OfFace(string sha256, Box box, int side) => Path.Combine(FolderOf(Crops, sha256), $"{sha256}-{NameOf(box)}-{side}.webp");

    /// <summary>The place of a face, as the names of its pictures say it: whole pixels of the upright original.</summary>
    public static string NameOf(Box box) =>
        string.Create(CultureInfo.InvariantCulture, $"{box.Left:F0},{box.Top:F0},{box.Width:F0},{box.Height:F0}");

    /// <summary>The photos that there are pictures of, by hash; those of photos that are stored no more included.</summary>
    public IReadOnlyCollection<string> Photos() =>
        [
            .. Folders
                .Select(folder => Path.Combine(_directory, folder))
                .Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*-*", SearchOption.AllDirectories))
                .Select(file => Path.GetFileName(file).Split('-')[0])
                .Where(name => name.Length == 2 * SHA256.HashSizeInBytes && name.All(char.IsAsciiHexDigitLower)) // else somebody's own
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Deletes all pictures of photos, and of the faces in them.</summary>
    /// <param name="photos">The photos' hashes.</param>
    /// <returns>Files deleted.</returns>
    public int Delete(IEnumerable<string> photos) =>
        photos
            .SelectMany(sha256 => Folders.Select(kind => (Folder: FolderOf(kind, sha256), Pattern: $"{sha256}-*")))
            .GroupBy(place => place.Folder, StringComparer.Ordinal)
            .Sum(folder => Delete(folder.Key, folder.Select(place => place.Pattern)));

    /// <summary>Deletes every picture.</summary>
    public void DeleteAll()
    {
        foreach (var kind in Folders.Select(folder => Path.Combine(_directory, folder)).Where(Directory.Exists))
        foreach (var folder in Directory.GetDirectories(kind).Append(kind))
            Delete(folder, ["*"]);
    }

    private string FolderOf(string kind, string sha256) => Path.Combine(_directory, kind, sha256[..(kind == Crops ? 3 : 2)]);

    /// <summary>
    /// Earlier versions kept pictures of faces by number, in folders of two digits. Their names alone say that they are ours: the directory
    /// may be somebody's folder of photos.
    /// </summary>
    private void DeleteThoseByNumber()
    {
        try
        {
            var crops = new DirectoryInfo(Path.Combine(_directory, Crops));
            if (!crops.Exists)
                return;
            foreach (var folder in crops.EnumerateDirectories("??"))
            {
                foreach (var file in folder.EnumerateFiles("*.webp").Where(file => IsByNumber(file.Name)))
                    file.Delete();
                if (!folder.EnumerateFileSystemInfos().Any())
                    folder.Delete();
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A read-only disk, or another process does it: nothing reads them any more.
        }
    }

    /// <summary><c>7-160.webp</c>, or with the face's box between.</summary>
    private static bool IsByNumber(string name) =>
        name[..^".webp".Length].Split('-') is [var face, .., var side] && face.All(char.IsAsciiDigit) && side.All(char.IsAsciiDigit);

    private static int Delete(string folder, IEnumerable<string> patterns)
    {
        if (!Directory.Exists(folder))
            return 0;
        var deleted = patterns.Sum(pattern => Directory.GetFiles(folder, pattern).Count(TryDelete));
        if (deleted > 0)
            DurableNames.Flush(folder);
        return deleted;
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

    private static void TryKeep(string path, byte[] picture, Func<bool> stillWanted)
    {
        try
        {
            using var file = DerivedFile.Create(path, isPrivate: true);
            file.Stream.Write(picture);
            if (!stillWanted())
                return;
            file.CommitChecked();
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
