using Sosia.Vectors.Files;

namespace Sosia.Search.Local.Segments;

/// <summary>
/// The folder of a collection's index files, <c>indexes</c> in its directory, and the lock in it: who writes or deletes index files, of
/// whichever space, holds it.
/// </summary>
/// <param name="collection">The collection's directory.</param>
internal sealed class IndexFolder(string collection)
{
    /// <summary>What the names of lists and segments end in.</summary>
    public const string ListExtension = ".index",
        SegmentExtension = ".rows";

    private const string LockName = "lock",
        HalfWritten = "*.part";
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    private readonly string _path = Path.Combine(collection, "indexes");

    /// <summary>The lists, with the key of the space of each.</summary>
    public IReadOnlyList<(string Key, FileInfo File)> Lists() =>
        [.. Files("*" + ListExtension).Select(file => (Path.GetFileNameWithoutExtension(file.Name), file))];

    /// <summary>The segments, with the key of the space of each.</summary>
    public IReadOnlyList<(string Key, FileInfo File)> Segments() =>
        [.. Files("*" + SegmentExtension).Select(file => (file.Name.Split('.')[0], file))];

    /// <summary>Lists and segments.</summary>
    public IReadOnlyList<(string Key, FileInfo File)> All() => [.. Lists(), .. Segments()];

    /// <summary>What a process that was killed has left; a process that is writing at the moment has one as well.</summary>
    public IReadOnlyList<FileInfo> Leftovers() => Files(HalfWritten);

    /// <summary>Where a file of the folder is.</summary>
    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>
    /// Keeps others, in this process or another, from writing or deleting index files; gone with the process, however that ends.
    /// </summary>
    /// <param name="patience">How long to wait for another.</param>
    /// <param name="held">Null when another holds it, or this directory can't be written.</param>
    /// <returns>Whether the directory can be written.</returns>
    public bool Hold(TimeSpan patience, out IDisposable? held)
    {
        held = null;
        for (var waited = TimeSpan.Zero; ; waited += LockPause)
            try
            {
                PrivateFile.CreateDirectory(_path);
                held = PrivateFile.Open(PathOf(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite);
                return true;
            }
            catch (IOException busy) when (IsSharingViolation(busy))
            {
                if (waited >= patience)
                    return true;
                Thread.Sleep(LockPause);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                return false;
            }
    }

    /// <summary>
    /// Deletes all index files, and what was left half-written, so that they don't come back after a power cut. The caller holds the lock.
    /// </summary>
    /// <exception cref="IOException">One can't be deleted.</exception>
    public void DeleteAll()
    {
        foreach (var file in All().Select(file => file.File).Concat(Leftovers()))
            file.Delete();
        FlushNames();
    }

    /// <summary>
    /// Deletes the index files of spaces that the collection does not hold, such as one whose key changed. The caller holds the lock.
    /// </summary>
    /// <param name="isHeld">Whether the collection holds the space of a key.</param>
    /// <returns>The keys of those that it holds.</returns>
    /// <exception cref="IOException">One can't be deleted.</exception>
    public IReadOnlyList<string> DeleteOthers(Func<string, bool> isHeld)
    {
        var held = new List<string>();
        foreach (var files in All().GroupBy(file => file.Key, StringComparer.Ordinal))
            if (isHeld(files.Key))
                held.Add(files.Key);
            else
                foreach (var (_, file) in files)
                    file.Delete();
        return held;
    }

    /// <summary>Makes what was deleted stay so after a power cut.</summary>
    public void FlushNames() => DurableNames.Flush(_path);

    private FileInfo[] Files(string pattern) =>
        Directory.Exists(_path)
            ? [.. Directory.GetFiles(_path, pattern).Order(StringComparer.Ordinal).Select(file => new FileInfo(file))]
            : [];

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; Windows says ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException refused) => refused.HResult is 11 or 35 or unchecked((int)0x80070020);
}
