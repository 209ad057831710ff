using Sosia.Vectors.Files;
using SystemPath = System.IO.Path;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// A database that is made beside the file whose name it takes when it is done, readable by its owner only. What was not committed is
/// deleted, with the files that SQLite made beside it.
/// </summary>
internal sealed class FileBeside : IDisposable
{
    private const string Extension = ".part";
    private static readonly string[] Suffixes = ["", "-wal", "-shm", "-journal"];

    private readonly string _target;

    /// <summary>Open as long as the file is made: a file that no process has open was left by a process that was killed.</summary>
    private FileStream? _open;

    private FileBeside(string target)
    {
        _target = target;
        Path = $"{target}.{Guid.NewGuid():N}{Extension}";
    }

    /// <summary>Where it is made.</summary>
    public string Path { get; }

    /// <summary>Makes the file, empty.</summary>
    /// <exception cref="CatalogueException">The disk is full or refuses.</exception>
    public static FileBeside Create(string target)
    {
        var file = new FileBeside(target);
        Translate(
            target,
            () => file._open = PrivateFile.Open(file.Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)
        );
        return file;
    }

    /// <summary>Deletes what processes that were killed have left; a file that another is making now stays.</summary>
    public static void DeleteAbandoned(string target)
    {
        try
        {
            var found = Directory.GetFiles(SystemPath.GetDirectoryName(target)!, $"{SystemPath.GetFileName(target)}.*{Extension}");
            foreach (var file in found.Where(file => IsUnfinished(file, target)))
                DeleteUnlessOpen(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or no such directory: writing there will say so.
        }
    }

    /// <summary>Deletes what a process that was killed has left. Nobody may be making such a file now.</summary>
    public static void DeleteLeftovers(string target)
    {
        var pattern = $"{SystemPath.GetFileName(target)}.*{Extension}*";
        try
        {
            foreach (var leftover in Directory.GetFiles(SystemPath.GetDirectoryName(target)!, pattern))
                File.Delete(leftover);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Somebody else's: the next writer tries again.
        }
    }

    /// <summary>Gives the file its name, once it is on the disk.</summary>
    /// <exception cref="CatalogueException">
    /// The disk is full or refuses, or there is a file of this name that is not to be replaced.
    /// </exception>
    public void Commit(bool replace) =>
        Translate(
            _target,
            () =>
            {
                _open!.Flush(flushToDisk: true); // all of the file, also what SQLite wrote
                File.Move(Path, _target, replace);
                DurableNames.Flush(SystemPath.GetDirectoryName(_target)!);
            }
        );

    /// <summary>Deletes what was not committed.</summary>
    public void Dispose()
    {
        _open?.Dispose();
        DeleteWithSuffixes(Path);
    }

    private static void DeleteUnlessOpen(string path)
    {
        try
        {
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
        }
        catch (IOException)
        {
            return; // another process is making it
        }
        DeleteWithSuffixes(path);
    }

    private static void DeleteWithSuffixes(string path)
    {
        foreach (var suffix in Suffixes)
            File.Delete(path + suffix);
    }

    private static bool IsUnfinished(string file, string target)
    {
        var prefix = SystemPath.GetFileName(target) + ".";
        var name = SystemPath.GetFileNameWithoutExtension(file);
        return name.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(name[prefix.Length..], "N", out _);
    }

    private static void Translate(string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(path, refused.Message, refused);
        }
    }
}
