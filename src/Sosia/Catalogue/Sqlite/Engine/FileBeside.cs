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

    private readonly string _target;

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
        Translate(target, () => PrivateFile.Open(file.Path, FileMode.CreateNew, FileAccess.Write).Dispose());
        return file;
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
                using (var written = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite))
                    written.Flush(flushToDisk: true);
                File.Move(Path, _target, replace);
            }
        );

    /// <summary>Deletes what was not committed.</summary>
    public void Dispose()
    {
        foreach (var suffix in new[] { "", "-wal", "-shm", "-journal" })
            File.Delete(Path + suffix);
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
