using Sosia.Catalogue;
using Sosia.Search.Local;

namespace Sosia;

public sealed partial class Collection
{
    /// <summary>
    /// Writes all that has been committed into one file, while others index and search. Copying the files of a collection is no backup.
    /// </summary>
    /// <inheritdoc cref="ICatalogueBackup.Make"/>
    public BackupReceipt Backup(string file, bool replace = false) => _backup.Make(file, replace);

    /// <summary>Brings back what a backup holds. Index files and small pictures are deleted, and made again when they are needed.</summary>
    /// <inheritdoc cref="ICatalogueBackup.Restore" path="/param"/>
    /// <inheritdoc cref="ICatalogueBackup.Restore" path="/exception"/>
    public RestoreReceipt Restore(string file, bool replace = false)
    {
        using var noIndex = System.IO.Directory.Exists(Directory) ? HoldIndexes() : null;
        CloseReaders();
        var receipt = _backup.Restore(file, replace, DeleteDerived);
        DeleteDerived(); // again, for whoever was just making some: a face's number may be another's now
        foreach (var space in _spaces.Values)
            space.Drop();
        return receipt;
    }

    private void DeleteDerived()
    {
        SpaceFile.DeleteAll(Directory);
        Pictures.DeleteAll();
        CloseReaders();
    }
}
