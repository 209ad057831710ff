using Sosia.Catalogue;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;
using IOPath = System.IO.Path;

namespace Sosia.Search.Local;

/// <summary>
/// The index file of a space, <c>indexes/{key}.index</c> in the collection's directory: derived from the catalogue and stamped with its
/// identity and version. Writing or deleting such files needs the lock of <see cref="Hold"/>. A file that is open stays readable when it is
/// replaced or deleted.
/// </summary>
internal sealed class LocalIndexFile(string directory, string key)
{
    private const string Folder = "indexes",
        Extension = ".index",
        LockName = "lock",
        HalfWritten = "*.part";
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Where it is.</summary>
    public string Path { get; } = IOPath.Combine(directory, Folder, key + Extension);

    /// <summary>The index files of a collection, with the key of the space of each.</summary>
    public static IReadOnlyList<(string Key, FileInfo File)> All(string directory) =>
        Files(directory, "*" + Extension, file => (IOPath.GetFileNameWithoutExtension(file), new FileInfo(file)));

    /// <summary>What a process that was killed has left; a process that is writing at the moment has one as well.</summary>
    public static IReadOnlyList<FileInfo> Leftovers(string directory) => Files(directory, HalfWritten, file => new FileInfo(file));

    /// <summary>
    /// Keeps others, in this process or another, from writing or deleting index files; gone with the process, however that ends.
    /// </summary>
    /// <param name="directory">The collection's directory.</param>
    /// <param name="patience">How long to wait for another.</param>
    /// <param name="held">Null when another holds it, or this directory can't be written.</param>
    /// <returns>Whether the directory can be written.</returns>
    public static bool Hold(string directory, TimeSpan patience, out IDisposable? held)
    {
        var path = IOPath.Combine(directory, Folder, LockName);
        held = null;
        for (var waited = TimeSpan.Zero; ; waited += LockPause)
            try
            {
                PrivateFile.CreateDirectory(IOPath.GetDirectoryName(path)!);
                held = PrivateFile.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
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

    /// <summary>Deletes all index files of a collection, and what was left half-written. The caller holds the lock.</summary>
    /// <exception cref="IOException">One can't be deleted.</exception>
    public static void DeleteAll(string directory)
    {
        foreach (var (_, file) in All(directory))
            file.Delete();
        foreach (var leftover in Leftovers(directory))
            leftover.Delete();
        DurableNames.Flush(IOPath.Combine(directory, Folder)); // rows of what was forgotten must not come back with their names
    }

    /// <summary>Deletes the index files of spaces that the collection does not hold, such as one whose key changed. The caller holds the
    /// lock.</summary>
    /// <param name="directory">The collection's directory.</param>
    /// <param name="keys">The keys of the spaces that it holds.</param>
    public static void DeleteOthers(string directory, IEnumerable<string> keys)
    {
        var held = keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (key, file) in All(directory))
            if (!held.Contains(key))
                file.Delete();
    }

    /// <summary>Opens the file, if it is there, sound as far as can be seen, and was made from this catalogue and space.</summary>
    /// <param name="catalogue">The catalogue's identity.</param>
    /// <param name="dimensions">Floats a row of the space.</param>
    /// <param name="problem">Why not; null when there is no file.</param>
    public StoredIndex<InnerProduct>? TryOpen(string catalogue, int dimensions, out IndexProblem? problem)
    {
        problem = null;
        try
        {
            var stored = IndexFile.Open<InnerProduct>(Path);
            if (
                stored.Stamp.Identity == Identity(catalogue)
                && stored.Stamp.PayloadBytes == RowIds.PayloadBytes
                && stored.Index.Dimensions == dimensions
            )
                return stored;
            problem = new IndexProblem($"{Path} was made from another catalogue, or by another version of Sosia.");
            stored.Dispose();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException) { }
        catch (UnsupportedFileException other)
        {
            problem = new IndexProblem(other.Message) { IsOtherVersion = true };
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            problem = new IndexProblem(unusable.Message);
        }
        return null;
    }

    /// <summary>Writes the file. The caller holds the lock.</summary>
    /// <exception cref="IOException">The disk is full or refuses; a file that was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Write(ExactIndex<InnerProduct> index, EmbeddingTable table, string catalogue, CancellationToken cancellation)
    {
        foreach (var leftover in Leftovers(directory))
            leftover.Delete();
        var stamp = new IndexStamp(Identity(catalogue), table.Revision.Version, RowIds.PayloadBytes) { Nonce = table.Revision.Nonce };
        IndexFile.Write(Path, index, stamp, RowIds.Payload(table), cancellation);
        PrivateFile.Close(Path); // its directory is closed from the start
    }

    private string Identity(string catalogue) => $"{catalogue}/{key}";

    private static T[] Files<T>(string directory, string pattern, Func<string, T> make) =>
        Directory.Exists(IOPath.Combine(directory, Folder))
            ? [.. Directory.GetFiles(IOPath.Combine(directory, Folder), pattern).Order(StringComparer.Ordinal).Select(make)]
            : [];

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; Windows says ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException refused) => refused.HResult is 11 or 35 or unchecked((int)0x80070020);
}

/// <summary>Why an index file can't be used.</summary>
/// <param name="Says">A sentence.</param>
internal sealed record IndexProblem(string Says)
{
    /// <summary>Whether it is sound as far as can be seen, but of another version of the format.</summary>
    public bool IsOtherVersion { get; init; }
}
