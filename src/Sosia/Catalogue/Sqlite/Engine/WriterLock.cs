using Sosia.Vectors.Files;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// Keeps a second writer out, in this process or another. The operating system holds the lock with the open file, so it is gone when
/// the process is, however that ended. A file beside it names the owner, because a locked file can't be read everywhere.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    private readonly FileStream _held;
    private readonly string _ownerPath;

    private WriterLock(FileStream held, string ownerPath) => (_held, _ownerPath) = (held, ownerPath);

    /// <summary>Takes the lock of a directory.</summary>
    /// <exception cref="CatalogueException">Held by another writer, or the directory can't be written.</exception>
    public static WriterLock Take(string directory, TimeProvider time)
    {
        var ownerPath = WriterOwner.PathIn(directory);
        FileStream held;
        try
        {
            held = PrivateFile.Open(Path.Combine(directory, "writer.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw SqliteErrors.CannotWrite(directory, refused.Message, refused);
        }
        catch (IOException refused) when (IsSharingViolation(refused))
        {
            throw new CatalogueException(
                CatalogueProblem.Locked,
                $"The collection {directory} is being written by {WriterOwner.Of(directory)?.ToString() ?? "another process"}: wait "
                    + "until that has ended, or end it.",
                refused
            );
        }
        catch (IOException refused)
        {
            throw SqliteErrors.CannotWrite(directory, refused.Message, refused);
        }

        try
        {
            WriterOwner.This(time).Write(ownerPath);
            return new WriterLock(held, ownerPath);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw SqliteErrors.CannotWrite(directory, refused.Message, refused);
        }
    }

    /// <summary>Lets the next writer in.</summary>
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

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; Windows says ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException refused) => refused.HResult is 11 or 35 or unchecked((int)0x80070020);
}
