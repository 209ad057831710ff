using Sosia.Vectors.Files;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// A lock of a collection that one holder has at a time, in this process or another. The operating system holds it with the open file, so
/// it is gone when the process is, however that ended. A file beside it names the owner, because a locked file can't be read everywhere.
/// </summary>
internal sealed class LockFile : IDisposable
{
    private readonly FileStream _held;
    private readonly string _ownerPath;

    private LockFile(FileStream held, string ownerPath) => (_held, _ownerPath) = (held, ownerPath);

    /// <summary>Takes the lock of this name if it is free.</summary>
    /// <param name="directory">The collection's directory.</param>
    /// <param name="name">Its files are called NAME.lock and NAME.json.</param>
    /// <param name="time">Tells since when it is held.</param>
    /// <returns>Null when another holds it.</returns>
    /// <exception cref="CatalogueException">The directory can't be written.</exception>
    public static LockFile? TryTake(string directory, string name, TimeProvider time)
    {
        FileStream held;
        try
        {
            held = PrivateFile.Open(Path.Combine(directory, name + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite);
        }
        catch (IOException refused) when (IsSharingViolation(refused))
        {
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(directory, refused.Message, refused);
        }

        var ownerPath = OwnerPath(directory, name);
        try
        {
            LockOwner.This(time).Write(ownerPath);
            return new LockFile(held, ownerPath);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw SqliteErrors.CannotWrite(directory, refused.Message, refused);
        }
    }

    /// <summary>The owner of a lock, for a sentence.</summary>
    public static string Owner(string directory, string name) =>
        LockOwner.Read(OwnerPath(directory, name))?.ToString() ?? "another process";

    /// <summary>Lets the next one in.</summary>
    public void Dispose()
    {
        if (!_held.CanRead)
            return; // let go before: the name may be the next owner's
        try
        {
            File.Delete(_ownerPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only a name for people: the next owner writes its own over it.
        }
        _held.Dispose();
    }

    private static string OwnerPath(string directory, string name) => Path.Combine(directory, name + ".json");

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; Windows says ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException refused) => refused.HResult is 11 or 35 or unchecked((int)0x80070020);
}
