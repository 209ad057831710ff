using Sosia.Catalogue.Sql;
using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Photos;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Backups of a SQLite catalogue. Copying its files is none: what was committed last is in the log beside it.</summary>
/// <param name="store">The catalogue.</param>
internal sealed class SqliteBackup(SqliteCatalogueStore store) : ICatalogueBackup
{
    /// <inheritdoc/>
    public BackupReceipt Make(string file, bool replace)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var path = Path.GetFullPath(file);
        if (PathRules.LiesIn(path, store.DirectoryPath))
            throw SqliteErrors.CannotWrite(path, "it lies in the collection's own directory, and a backup is to survive that");
        if (!replace && Path.Exists(path))
            throw AlreadyThere(path);
        using var reader = (SqlReader)store.OpenReader();
        FileBeside.DeleteAbandoned(path);
        using var beside = FileBeside.Create(path);
        reader.CopyTo(beside.Path);
        var receipt = Describe(path, beside.Path);
        beside.Commit(replace);
        return receipt;
    }

    /// <inheritdoc/>
    public RestoreReceipt Restore(string file, bool replace, Action? beforeReplacing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}; check the name, or that its disk is mounted.");
        using var backup = new SqlReader(SqliteFile.OpenToRead(path).Database);
        using var writer = OpenReplaced();
        using var alone = writer.KeepOthersOut(); // what is forgotten meanwhile would come back
        if (!replace && writer.HoldsAnything())
            throw new CatalogueException(
                CatalogueProblem.CannotWrite,
                $"The collection {store.DirectoryPath} holds something already: back it up and say --replace, "
                    + "or restore to another directory with --collection."
            );
        using var beside = FileBeside.Create(store.File);
        Copy(backup, path, beside.Path);
        var taken = Prepare(beside.Path, path, writer.ReadMarks());
        beforeReplacing?.Invoke();
        var problem = writer.ReplaceAllBy(beside.Path);
        var erased = taken.Erased with { Overwritten = problem is null, NotOverwritten = problem };
        return new RestoreReceipt(writer.Count(), writer.CountFaces(), taken.MarkedPhotos, taken.MarkedFaces, erased)
        {
            ErasedPhotos = taken.ErasedPhotos,
        };
    }

    private static BackupReceipt Describe(string path, string copy)
    {
        using var made = new SqlReader(SqliteFile.OpenCopy(copy));
        return new BackupReceipt(path, new FileInfo(copy).Length, made.Count(), made.CountFaces());
    }

    /// <summary>
    /// Brings a copy of a backup to this program's version, checks it, and forgets in it what was forgotten since it was made.
    /// </summary>
    private static TakenOver Prepare(string copy, string backup, ForgottenMarks marks)
    {
        using var prepared = new SqliteWriter(SqliteFile.OpenToWrite(copy), writerLock: null);
        if (prepared.Verify() is [var problem, ..])
            throw DamagedBackup(backup, problem);
        return prepared.TakeOver(marks);
    }

    private static void Copy(SqlReader backup, string path, string to)
    {
        try
        {
            backup.CopyTo(to);
        }
        catch (CatalogueException damaged) when (damaged.Problem == CatalogueProblem.Damaged)
        {
            throw DamagedBackup(path, damaged.InnerException!.Message);
        }
    }

    private static CatalogueException DamagedBackup(string backup, string problem) =>
        new(CatalogueProblem.Damaged, $"The backup {backup} is damaged ({problem.TrimEnd('.')}): take an older one. Nothing was restored.");

    private SqliteWriter OpenReplaced()
    {
        try
        {
            return store.OpenAlone(CancellationToken.None);
        }
        catch (CatalogueException damaged) when (damaged.Problem == CatalogueProblem.Damaged)
        {
            throw new CatalogueException(
                CatalogueProblem.Damaged,
                $"The catalogue {store.File} is damaged, so it is not known what was forgotten since the backup was made: move it away, "
                    + "with the files that begin with its name, and restore again; then forget again what comes back and should not.",
                damaged
            );
        }
    }

    private static CatalogueException AlreadyThere(string path) =>
        new(
            CatalogueProblem.CannotWrite,
            $"There is a file {path} already: choose another name, or say --replace to put the backup in its place."
        );
}
